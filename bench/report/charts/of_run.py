"""Every chart of a run, by exercise and part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from bench.analysis import families
from bench.analysis.comparisons import swept_parameter
from bench.analysis.families import Family
from bench.model import PartInfo, Record, Run
from bench.report import summary
from bench.report.charts import roofline
from bench.report.charts.apart import Here, by_place, is_clocked
from bench.report.charts.broken import guarded
from bench.report.charts.curves import curve_charts
from bench.report.charts.forest import forest
from bench.report.charts.measured import MEMORY, TIME, dots, usable
from bench.report.charts.model import Chart, distinct
from bench.report.charts.pareto import pareto
from bench.report.charts.scaling import scaling

Place = tuple[str, str]


def charts(run: Run, family: Family | None = None) -> dict[Place, tuple[Chart, ...]]:
    """``{(exercise, part): charts}`` with slugs that are distinct in the run; ``family`` is that of the run, for
    whoever has it already."""
    family = families.of_run(run) if family is None else family
    placed: list[tuple[Place, Chart]] = []
    by_part = run.by_part()
    for exercise in summary.exercises(run):
        for part in summary.parts(run, exercise):
            records = by_part[exercise.id, part.id]
            of_part = guarded(partial(curves, run, exercise.id, part, records), exercise.id, part.id)
            if part.kind != "race" and any(record.case.variant for record in records):
                make = partial(compared, run, exercise.id, part, records, family)
                of_part += guarded(make, exercise.id, part.id, "compared")
            placed += [((exercise.id, part.id), chart) for chart in of_part]
    # Over the whole run: the files of all charts share one folder.
    named = distinct(tuple(chart for _, chart in placed))
    by_place: dict[Place, tuple[Chart, ...]] = {}
    for (place, _), chart in zip(placed, named, strict=True):
        by_place[place] = (*by_place.get(place, ()), chart)
    return by_place


def is_telling(run: Run) -> bool:
    """Whether its numbers are results, of which something may be said."""
    return run.profile != "smoke"


def curves(run: Run, exercise: str, part: PartInfo, records: Sequence[Record]) -> tuple[Chart, ...]:
    """The curves of a part: of each place by itself where its speed is in them."""
    if part.kind != "race" and not is_clocked(records):
        return curve_charts(exercise, part, records, telling=is_telling(run))
    return tuple(
        chart
        for here in by_place(run, part, records)
        for chart in here.marked(
            curve_charts(exercise, part, here.records, telling=is_telling(run) and not here.variants)
        )
    )


def compared(run: Run, exercise: str, part: PartInfo, records: Sequence[Record], family: Family) -> tuple[Chart, ...]:
    """The charts of a comparison, ratios first, of each place by itself."""
    return tuple(
        chart
        for here in by_place(run, part, records)
        for chart in here.marked(_compared(exercise, part, here, family, telling=is_telling(run) and not here.variants))
    )


def _compared(exercise: str, part: PartInfo, here: Here, family: Family, *, telling: bool) -> Iterator[Chart]:
    records = here.records
    charts: list[Chart | None] = [forest(exercise, part, records, family, telling=telling)]
    if swept_parameter(usable(records)):
        charts += scaling(exercise, part, records, memory=here.memory, telling=telling)
    else:
        charts += [dots(exercise, part, records, quantity, telling=telling) for quantity in (TIME, MEMORY)]
    charts.append(pareto(exercise, part, records, telling=telling))
    charts.append(roofline.chart(exercise, part, records, here.peaks, telling=telling))
    yield from (chart for chart in charts if chart is not None)
