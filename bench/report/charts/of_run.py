"""Every chart of a run, by exercise and part."""

from __future__ import annotations

from bench.model import Run
from bench.report import summary
from bench.report.charts.curves import curve_charts
from bench.report.charts.measured import comparison_charts
from bench.report.charts.model import Chart, distinct

Place = tuple[str, str]


def charts(run: Run) -> dict[Place, tuple[Chart, ...]]:
    """``{(exercise, part): charts}`` with slugs that are distinct in the run."""
    placed: list[tuple[Place, Chart]] = []
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            records = summary.records_of(run, exercise.id, part.id)
            of_part: tuple[Chart, ...] = curve_charts(exercise.id, part.id, records)
            if part.kind != "race" and any(record.case.variant for record in records):
                of_part += comparison_charts(exercise.id, part, records)
            placed += [((exercise.id, part.id), chart) for chart in of_part]
    # Over the whole run: the files of all charts share one folder.
    named = distinct(tuple(chart for _, chart in placed))
    by_place: dict[Place, tuple[Chart, ...]] = {}
    for (place, _), chart in zip(placed, named, strict=True):
        by_place[place] = (*by_place.get(place, ()), chart)
    return by_place
