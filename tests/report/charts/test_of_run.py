"""Every chart of a run has a place and a slug of its own."""

from __future__ import annotations

from dataclasses import replace

from bench.model import Run
from bench.report.charts.of_run import charts, is_telling


def test_ratios_come_first_and_slugs_are_distinct(run: Run) -> None:
    drawn = charts(run)
    assert [chart.name for chart in drawn["ex10", "a.speed"]] == ["ratio", "scaling", "time against memory"]
    assert [chart.name for chart in drawn["ex10", "b"]][:3] == ["ratio", "time", "memory"]
    slugs = [chart.slug for of_part in drawn.values() for chart in of_part]
    assert len(set(slugs)) == len(slugs)
    assert charts(run) == drawn


def test_smoke_has_no_verdict_anywhere(run: Run) -> None:
    smoke = replace(run, profile="smoke")
    assert not is_telling(smoke)
    words = " ".join(c.title + c.subtitle + c.note for of_part in charts(smoke).values() for c in of_part)
    assert not {"faster", "slower", "least", "ends"} & set(words.split())
