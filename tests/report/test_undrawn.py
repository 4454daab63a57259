"""What could not be drawn is counted and named in one line."""

from pathlib import Path

import pytest

from bench.report.undrawn import Undrawn


@pytest.mark.parametrize(
    ("reasons", "line"),
    [
        (["why"], "a chart or page could not be drawn, and a box says so in its place: why"),
        (["why", "else"], "2 charts or pages could not be drawn, and a box says so in its place: why"),
    ],
)
def test_it_counts_and_names_the_first(reasons: list[str], line: str) -> None:
    undrawn = Undrawn(reasons, [Path("index.html")])
    assert (str(undrawn), undrawn.written, undrawn.exit_code) == (line, (Path("index.html"),), 1)
