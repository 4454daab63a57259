"""From the records of a comparison to charts of time and memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.analysis import laws, quantities, statistics
from bench.analysis.comparisons import Row, Sweep, groups, sweeps
from bench.analysis.laws import Law, NoLaw
from bench.model import Case, PartInfo, Record
from bench.report.charts.model import Chart, DotChart, Line, LineChart, Mark, slug, spans_decade

LAW_POINTS = 40
FURTHEST = 10.0
"""The interval of two or three rounds can span decades: it is drawn this many times up and down at most."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """Time or memory: how to read it, in which units, under which name. Nothing below ``floor`` can be told from it."""

    name: str
    units: quantities.Units
    read: Callable[[Sequence[Record], str], tuple[float, float, float] | None]
    law: Callable[[Sweep, str], Law | NoLaw]
    floor: float = 0.0


def _time(records: Sequence[Record], parameter: str) -> tuple[float, float, float] | None:
    interval = statistics.estimate(*records)
    if interval is None:
        return None
    # A single round has no interval: its bar has no length.
    bounds = (interval.centre, interval.low or interval.centre, interval.high or interval.centre)
    centre, low, high = (laws.batch_time(records[0], seconds, parameter) for seconds in bounds)
    return centre, max(low, centre / FURTHEST), min(high, centre * FURTHEST)


def _memory(records: Sequence[Record], parameter: str) -> tuple[float, float, float] | None:
    peak = statistics.peak(*records)
    if peak is None:
        return None
    middle, low, high = (max(value, float(peak.floor)) for value in (peak.median, peak.low, peak.high))
    return middle, low, high


def _tensors(records: Sequence[Record], parameter: str) -> tuple[float, float, float] | None:
    peak = statistics.peak(*records)
    return None if peak is None or peak.tensors is None else (peak.tensors, peak.tensors, peak.tensors)


TIME = Quantity("time", quantities.SECONDS, _time, Sweep.time_law)
MEMORY = Quantity("peak memory", quantities.BYTES, _memory, Sweep.resident_law, floor=statistics.PAGES)
TENSORS = Quantity("peak of tensors", quantities.BYTES, _tensors, Sweep.tensor_law)


def comparison_charts(exercise: str, part: PartInfo, records: Iterable[Record]) -> tuple[Chart, ...]:
    """Time and memory: along the swept parameter, or one row a variant where nothing is swept. Tensors, whose bytes are
    counted for the sake of laws, are drawn along a parameter only."""
    usable = [record for record in records if record.case.variant and (record.samples or record.memory)]
    swept = sweeps(usable)
    charts: list[Chart | None] = []
    if swept:
        for quantity in (TIME, MEMORY, TENSORS):
            charts += [_sweep_chart(exercise, part, alike, quantity) for alike in _alike(swept)]
    else:
        charts += [_dot_chart(exercise, part, usable, quantity) for quantity in (TIME, MEMORY)]
    return tuple(chart for chart in charts if chart is not None)


def _alike(swept: Sequence[Sweep]) -> list[list[Sweep]]:
    """Sweeps that differ in their device alone share a chart."""
    together: dict[Case, list[Sweep]] = {}
    for sweep in swept:
        case = Case(exercise="", part="", device="", seed=0, parameters=sweep.others)
        together.setdefault(case, []).append(sweep)
    return list(together.values())


def _sweep_chart(exercise: str, part: PartInfo, alike: list[Sweep], quantity: Quantity) -> LineChart | None:
    hues = {variant: hue for hue, variant in enumerate(dict.fromkeys(v for sweep in alike for v in sweep.lines))}
    read = {
        (sweep.device, variant): _points(points, sweep.parameter, quantity)
        for sweep in alike
        for variant, points in sweep.lines.items()
    }
    values = [y for points in read.values() for _, (y, _, _) in points]
    if set(values) <= {0.0, quantity.floor}:
        return None
    scale, unit = quantities.unit_for(statistics.range_of(values)[0], quantity.units)
    lines: list[Line] = []
    for number, sweep in enumerate(alike):
        for variant in sweep.lines:
            label = f"{variant}, {sweep.device}" if len(alike) > 1 else variant
            points = read[sweep.device, variant]
            lines += _sweep_lines(
                label, points, quantity.law(sweep, variant), scale=scale, hue=hues[variant], dashed=number % 2 == 1
            )
    parameter = alike[0].parameter
    per = "batch" if alike[0].is_batch_time else "call"
    title = ", ".join(word for word in (f"{_upper(quantity.name)} against {parameter}", alike[0].label) if word)
    return LineChart(
        slug=slug(exercise, part.id, quantity.name, alike[0].label),
        title=title,
        x_label=parameter,
        y_label=f"time per {per} ({unit})" if quantity is TIME else f"{quantity.name} ({unit})",
        lines=tuple(lines),
        log_x=spans_decade([x for points in read.values() for x, _ in points]),
        # A peak may be 0, and has no place on a logarithmic axis.
        log_y=spans_decade([y for y in values if y > 0]) and min(values) > 0,
        note=_note(lines, values, quantity),
    )


Point = tuple[float, tuple[float, float, float]]


def _points(points: list[tuple[float, list[Record]]], parameter: str, quantity: Quantity) -> list[Point]:
    read = [(x, quantity.read(records, parameter)) for x, records in points]
    return [(x, value) for x, value in read if value is not None]


def _sweep_lines(
    label: str, points: list[Point], law: Law | NoLaw, *, scale: float, hue: int, dashed: bool
) -> list[Line]:
    """Points with intervals, and the law through them where there is one."""
    if not points:
        return []
    xs = tuple(x for x, _ in points)
    centre, low, high = (tuple(value[i] / scale for _, value in points) for i in range(3))
    lines = [Line(label=label, x=xs, y=centre, low=low, high=high, style="points", hue=hue, dashed=dashed)]
    if isinstance(law, Law):
        grid = _grid(min(xs), max(xs))
        lines.append(
            Line(label=label, x=grid, y=tuple(law.at(x) / scale for x in grid), style="law", hue=hue, dashed=dashed)
        )
    return lines


def _grid(low: float, high: float) -> tuple[float, ...]:
    steps = [step / (LAW_POINTS - 1) for step in range(LAW_POINTS)]
    # Even on a logarithmic axis, where a law is a curve.
    if low > 0:
        return tuple(low * (high / low) ** step for step in steps)
    return tuple(low + (high - low) * step for step in steps)


def _note(lines: Sequence[Line], values: Iterable[float], quantity: Quantity) -> str:
    bars = "95 % intervals" if quantity is TIME else "lowest to highest of the processes"
    if any(high >= y * FURTHEST for line in lines for y, high in zip(line.y, line.high, strict=False)):
        bars += f", cut at {FURTHEST:.0f} times the value"
    law = "; lines: fixed cost plus cost per item, fitted" if any(line.style == "law" for line in lines) else ""
    if quantity is TENSORS:
        return law.removeprefix("; ")
    least = f"; {quantities.size(quantity.floor)} stands for all below" if quantity.floor in values else ""
    return f"bars: {bars}{law}{least}"


def _dot_chart(exercise: str, part: PartInfo, records: list[Record], quantity: Quantity) -> DotChart | None:
    rows = [row for group in groups(part, records) for row in group.rows]
    measured = [(row, value) for row in rows if (value := quantity.read([row.record], "")) is not None]
    if {value[0] for _, value in measured} <= {0.0, quantity.floor}:
        return None
    scale, unit = quantities.unit_for(statistics.range_of(value[0] for _, value in measured)[0], quantity.units)
    return DotChart(
        slug=slug(exercise, part.id, quantity.name),
        title=_upper(quantity.name) + (" per call" if quantity is TIME else ""),
        x_label=f"time per call ({unit})" if quantity is TIME else f"{quantity.name} ({unit})",
        marks=_marks(measured, scale),
        log=spans_decade([value[0] for _, value in measured]),
        note=_note((), [value[0] for _, value in measured], quantity),
    )


def _marks(measured: list[tuple[Row, tuple[float, float, float]]], scale: float) -> tuple[Mark, ...]:
    devices = list(dict.fromkeys(row.record.case.device for row, _ in measured))
    seeds = {row.record.case.seed for row, _ in measured}
    hues = {name: hue for hue, name in enumerate(dict.fromkeys(row.name for row, _ in measured))}
    marks = []
    for row, (centre, low, high) in measured:
        case = row.record.case
        words = [row.name, *(f"{name}={value}" for name, value in case.parameters.items())]
        words += [case.device] if len(devices) > 1 else []
        words += [f"seed {case.seed}"] if len(seeds) > 1 else []
        hollow = devices.index(case.device) % 2 == 1
        marks.append(
            Mark(
                label=", ".join(words),
                value=centre / scale,
                low=low / scale,
                high=high / scale,
                hue=hues[row.name],
                hollow=hollow,
            )
        )
    return tuple(marks)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
