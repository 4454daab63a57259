"""The charts that an answer asks for by name, to stand beside its text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from bench.analysis.families import Family
from bench.model import CurveKind, ExerciseInfo, PartInfo, Record, Run
from bench.report import summary
from bench.report.answers import pieces
from bench.report.charts import roofline
from bench.report.charts.apart import Here, by_place, is_clocked
from bench.report.charts.collected import collected
from bench.report.charts.curves import curve_charts
from bench.report.charts.forest import forest
from bench.report.charts.measured import MEMORY, TIME, dots
from bench.report.charts.model import Chart, called, slug
from bench.report.charts.of_run import is_telling
from bench.report.charts.pareto import pareto
from bench.report.charts.scaling import scaling

SHOWN = ("ratio", "time", "memory", "scaling", "pareto", "roofline")
"""What ``compare(…, show=)`` may ask for."""
KINDS = get_args(CurveKind)


def chart(run: Run, exercise: ExerciseInfo, reference: pieces.Reference, family: Family) -> Chart | None:
    """The chart of ``chart("a", "cost by epoch", kind="noise", by="series")`` or ``compare("a.speed", show="ratio")``;
    ``None`` where this run measured no such thing."""
    if not reference.names:
        return None
    part = next((part for part in summary.parts(run, exercise) if part.id == reference.names[0]), None)
    if part is None:
        return None
    records = summary.records_of(run, exercise.id, part.id)
    options = dict(reference.parameters)
    if reference.function == "compare":
        found = _compared(run, exercise.id, part, records, family, str(options.get("show", "ratio")))
    elif reference.function == "chart" and len(reference.names) > 1:
        found = _curves(run, exercise.id, part, records, reference.names[1], options)
    else:
        return None
    if found is None:
        return None
    words = [f"{name}-{value}" for name, value in reference.parameters if name != "beside"]
    return replace(found, slug=slug(exercise.id, part.id, "placed", *words, found.name))


def _curves(
    run: Run, exercise: str, part: PartInfo, records: Sequence[Record], name: str, options: Mapping[str, object]
) -> Chart | None:
    here = _most(run, part, records) if is_clocked(records) or part.kind == "race" else None
    telling = is_telling(run) and not (here and here.variants)
    if options.get("by") == "name":
        found = collected(exercise, part, here.records if here else records, name, telling=telling)
        return here.mark(found) if found and here else found
    kind = options.get("kind", "")
    charts = curve_charts(
        exercise,
        part,
        here.records if here else records,
        telling=telling,
        kind=kind if kind in KINDS else "",  # type: ignore[arg-type]  # one of the literals, as was just asked
        apart=options.get("by") == "series",
    )
    chosen = next((each for each in charts if name in called(each)), None)
    return here.mark(chosen) if chosen and here else chosen


def _most(run: Run, part: PartInfo, records: Sequence[Record]) -> Here | None:
    """The place that has most of a part: a text has room for one chart, and the others are in the evidence."""
    return max(by_place(run, part, records), key=lambda here: len(here.records), default=None)


def _compared(
    run: Run, exercise: str, part: PartInfo, records: Sequence[Record], family: Family, show: str
) -> Chart | None:
    here = _most(run, part, records)
    if here is None:
        return None
    found = _shown(exercise, part, here, family, show=show, telling=is_telling(run) and not here.variants)
    return here.mark(found) if found else None


def _shown(exercise: str, part: PartInfo, here: Here, family: Family, *, show: str, telling: bool) -> Chart | None:
    records = here.records
    if show == "ratio":
        return forest(exercise, part, records, family, telling=telling)
    if show == "pareto":
        return pareto(exercise, part, records, telling=telling)
    if show == "roofline":
        return roofline.chart(exercise, part, records, here.peaks, telling=telling)
    if show == "scaling":
        return next(iter(scaling(exercise, part, records, memory=here.memory, telling=telling)), None)
    quantity = {"time": TIME, "memory": MEMORY}.get(show)
    return dots(exercise, part, records, quantity, telling=telling) if quantity else None
