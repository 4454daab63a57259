"""Every chart of a run has a file of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bench.model import Curve, Record, Run
from bench.report.charts.of_run import charts


def test_slugs_are_distinct_and_plain(hostile_run: Run) -> None:
    slugs = [chart.slug for of_part in charts(hostile_run).values() for chart in of_part]
    assert len(set(slugs)) == len(slugs) == 6
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in slugs)


def test_names_that_differ_in_signs_alone_get_their_own_files(
    study: Callable[..., Record], line: Callable[..., Curve], run: Run
) -> None:
    odd = study(line(), replace(line(), name="loss!"))
    of_part = charts(replace(run, exercises=(), records=(odd,)))["ex01", "a"]
    assert [chart.slug for chart in of_part] == ["ex01-a-loss", "ex01-a-loss-2"]
