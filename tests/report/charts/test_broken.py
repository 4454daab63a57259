"""A chart that cannot be made is a box with the reason, and hides no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.model import Run
from bench.report.charts import broken, of_run


def fails() -> tuple[()]:
    raise OverflowError("too\nlarge " + "x" * 500)


def test_what_fails_is_a_chart_without_a_panel_that_says_why() -> None:
    (chart,) = broken.guarded(fails, "ex10", "a")
    assert broken.is_broken(chart)
    assert chart.title == "charts of ex10.a"
    assert chart.note.startswith("OverflowError: too large xxx")
    assert len(chart.note) == broken.MOST


def test_charts_that_can_be_made_are_as_they_were(run: Run) -> None:
    charts = next(iter(of_run.charts(run).values()))
    assert broken.guarded(lambda: charts, "ex10", "a") == charts
    assert not any(map(broken.is_broken, charts))


def test_one_part_that_fails_leaves_the_charts_of_the_others(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = of_run.charts(run)
    spoilt, *others = whole

    def curves(run: Run, exercise: str, part: object, records: object) -> tuple[object, ...]:
        if (exercise, part.id) == spoilt:  # type: ignore[attr-defined]
            raise OverflowError
        return real(run, exercise, part, records)  # type: ignore[arg-type]

    real = of_run.curves
    monkeypatch.setattr(of_run, "curves", curves)
    left = of_run.charts(replace(run))
    assert broken.is_broken(left[spoilt][0])
    assert {place: left[place] for place in others} == {place: whole[place] for place in others}
