"""What stands between marks is replaced, and nothing else."""

import pytest

from bench.errors import BenchError
from bench.report.readme.marks import Mark, fill, marks

PAGE = """# A page
<!-- bench chart ex10.a.speed ratio -->
old
<!-- end -->
between
<!-- bench live ex10
- {{ metric("x") }}
- more
-->
<!-- end -->
after
"""


def test_a_mark_is_its_kind_its_words_and_its_text() -> None:
    assert marks(PAGE) == (
        Mark("chart", ("ex10.a.speed", "ratio"), ""),
        Mark("live", ("ex10",), '- {{ metric("x") }}\n- more'),
    )


def test_only_what_stands_between_is_replaced_however_often() -> None:
    new = fill(PAGE, lambda mark: f"\\1 new {mark.kind}\n")
    assert "old" not in new
    assert "ratio -->\n\n\\1 new chart\n\n<!-- end -->\nbetween" in new
    assert "- more\n-->\n\n\\1 new live\n\n<!-- end -->\nafter" in new
    assert fill(new, lambda mark: f"\\1 new {mark.kind}") == new
    assert marks("nothing") == ()


@pytest.mark.parametrize(
    "text",
    [
        "<!-- bench page ex10 -->\n",
        "<!-- end -->",
        "<!-- bench page ex10 -->\n<!-- bench page ex10 -->\n<!-- end -->",
        "<!-- bench page ex10 --> <!-- end -->",
    ],
)
def test_a_mark_without_its_end_is_refused(text: str) -> None:
    with pytest.raises(BenchError, match="needs its <!-- end -->"):
        fill(text, lambda mark: "")
