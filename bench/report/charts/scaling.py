"""Time, throughput and memory of a sweep, side by side along its parameter, with their laws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.analysis import laws, quantities, statistics
from bench.analysis.comparisons import Sweep, sweeps
from bench.analysis.laws import Law, NoLaw
from bench.model import Case, PartInfo, Record
from bench.report.charts import findings, multiples, naming, orders
from bench.report.charts.measured import MEMORY, RATE, TENSORS, TIME, Quantity, Reading, usable
from bench.report.charts.model import Line, Panel, PanelChart, Sign, slug, spans_decade

LAW_POINTS = 40
NEAR = 10.0
"""The memory of the machine is drawn where it is within this factor of what was measured."""

Point = tuple[float, Reading]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One panel, and the lines of which a law was looked for in vain."""

    panel: Panel
    lawless: tuple[str, ...]


def scaling(
    exercise: str, part: PartInfo, records: Sequence[Record], *, memory: int = 0, telling: bool = True
) -> tuple[PanelChart, ...]:
    """One chart for every setting of the parameters that are not swept; of more variants than a panel shows, one for
    each quantity. ``memory``: the bytes that the machine has."""
    alike = _alike(sweeps(usable(records)))
    return tuple(chart for each in alike for chart in _charts(exercise, part, each, memory, telling))


def _alike(swept: Sequence[Sweep]) -> list[list[Sweep]]:
    """Sweeps that differ in their device alone share a chart."""
    together: dict[Case, list[Sweep]] = {}
    for sweep in swept:
        case = Case(exercise="", part="", device="", seed=0, parameters=sweep.others)
        together.setdefault(case, []).append(sweep)
    return list(together.values())


def _charts(
    exercise: str, part: PartInfo, alike: Sequence[Sweep], memory: int, telling: bool
) -> tuple[PanelChart, ...]:
    weighed = TENSORS if all(s.is_tensors(v) for s in alike for v in s.lines) else MEMORY
    found = [(quantity, _panel(alike, quantity, memory)) for quantity in (TIME, RATE, weighed)]
    drawn = {quantity.name: each for quantity, each in found if each is not None}
    if not drawn:
        return ()
    first = alike[0]
    others = first.label.replace(" = ", "=")
    seeds = sorted({record.case.seed for s in alike for line in s.lines.values() for _, rs in line for record in rs})
    common = PanelChart(
        slug=slug(exercise, part.id, "scaling", first.label),
        name="scaling",
        title=", ".join(filter(None, (f"Time and memory against {first.parameter}", others))),
        panels=(),
        shared_x=True,
    )
    below = (naming.seed_words(seeds), "points: measured, with intervals; lines: fixed cost plus cost per item")
    if max(len(multiples.labels(each.panel)) for each in drawn.values()) > naming.MOST_LINES:
        return tuple(_apart(part, common, first, name, each, below, telling) for name, each in drawn.items())
    finding = _finding(part, first) if telling else ""
    chart = replace(
        common,
        title=finding or common.title,
        subtitle=naming.sentence(others if finding else "", *below),
        note=_note(list(drawn.values())),
        panels=_labelled([each.panel for each in drawn.values()]),
    )
    return (chart,)


def _apart(
    part: PartInfo, common: PanelChart, sweep: Sweep, name: str, drawn: Drawn, below: Sequence[str], telling: bool
) -> PanelChart:
    """A chart of one quantity, a panel a variant."""
    timed = name == TIME.name
    others = sweep.label.replace(" = ", "=")
    subject = f"{naming.upper(name)} against {sweep.parameter}"
    panels = multiples.multiples(drawn.panel)
    points = [line for line in drawn.panel.lines if line.style == "points"]
    finding = _finding(part, sweep) if timed else orders.along(points, sweep.parameter, log=drawn.panel.log_y)
    return replace(
        common,
        slug=common.slug if timed else slug(common.slug, name),
        name=common.name if timed else f"{common.name}: {name}",
        title=finding if telling and finding else subject,
        subtitle=naming.sentence(subject if telling and finding else "", others, *below, "grey: the other variants"),
        note=_note([drawn]),
        panels=panels,
        shared_y=True,
    )


def _labelled(panels: Sequence[Panel]) -> tuple[Panel, ...]:
    """Names at the line ends of the last panel alone, if all lines of the others are in it: colours say the rest."""
    names = [{line.label for line in panel.lines} for panel in panels]
    if all(each <= names[-1] for each in names):
        return (*(replace(panel, labels="none") for panel in panels[:-1]), panels[-1])
    return tuple(panels)


def _panel(alike: Sequence[Sweep], quantity: Quantity, memory: int) -> Drawn | None:
    hues = {variant: hue for hue, variant in enumerate(dict.fromkeys(v for sweep in alike for v in sweep.lines))}
    parameter = alike[0].parameter
    read = {(s.device, v): _points(points, parameter, quantity) for s in alike for v, points in s.lines.items()}
    values = [y for points in read.values() for _, (y, _, _) in points]
    if set(values) <= {0.0, quantity.floor}:
        return None
    scale, unit = quantities.unit_for(statistics.range_of(values)[0], quantity.units)
    lines: list[Line] = []
    signs: list[Sign] = []
    lawless: list[str] = []
    for number, sweep in enumerate(alike):
        for variant in sweep.lines:
            label = f"{variant}, {sweep.device}" if len(alike) > 1 else variant
            law = quantity.law(sweep, variant)
            points = read[sweep.device, variant]
            common = Line(label=label, x=(), y=(), hue=hues[variant], dashed=number % 2 == 1)
            lines += _lines(common, points, law, scale)
            signs += _knees(common, law, scale) if quantity is TIME else ()
            if isinstance(law, NoLaw) and quantity is not RATE and len(points) >= laws.FEWEST:
                lawless.append(label)
    if quantity in (MEMORY, TENSORS) and max(values) <= memory <= NEAR * max(values):
        signs.append(Sign("memory of the machine", None, memory / scale))
    panel = Panel(
        lines=tuple(lines),
        x_label=parameter,
        y_label=_label(quantity, alike[0], unit),
        log_x=spans_decade([x for points in read.values() for x, _ in points]),
        # A peak may be 0, and has no place on a logarithmic axis.
        log_y=spans_decade([y for y in values if y > 0]) and min(values) > 0,
        zero=True,
        signs=tuple(signs),
    )
    return Drawn(panel, tuple(lawless))


def _label(quantity: Quantity, sweep: Sweep, unit: str) -> str:
    if quantity is TIME:
        return f"time per {'batch' if sweep.is_batch_time else 'call'} ({unit})"
    if quantity is RATE:
        units = [r.work.unit for points in sweep.lines.values() for _, rs in points for r in rs if r.work]
        return f"{units[0] if units else 'calls'} per second"
    return f"{quantity.name} ({unit})"


def _points(points: list[tuple[float, list[Record]]], parameter: str, quantity: Quantity) -> list[Point]:
    read = [(x, quantity.read(records, parameter)) for x, records in points]
    return [(x, value) for x, value in read if value is not None]


def _lines(common: Line, points: list[Point], law: Law | NoLaw, scale: float) -> Iterator[Line]:
    """Points with intervals, and the law through them where there is one."""
    if not points:
        return
    xs = tuple(x for x, _ in points)
    centre, low, high = (tuple(value[i] / scale for _, value in points) for i in range(3))
    yield replace(common, x=xs, y=centre, low=low, high=high, style="points")
    if isinstance(law, Law):
        grid = _grid(min(xs), max(xs))
        yield replace(common, x=grid, y=tuple(law.at(x) / scale for x in grid), style="law")


def _grid(low: float, high: float) -> tuple[float, ...]:
    steps = [step / (LAW_POINTS - 1) for step in range(LAW_POINTS)]
    # Even on a logarithmic axis, where a law is a curve.
    if low > 0:
        return tuple(low * (high / low) ** step for step in steps)
    return tuple(low + (high - low) * step for step in steps)


def _knees(common: Line, law: Law | NoLaw, scale: float) -> Iterator[Sign]:
    if isinstance(law, Law) and law.knee is not None and law.knee_measured:
        yield Sign(common.label, law.knee, law.at(law.knee) / scale, common.hue)


def _finding(part: PartInfo, sweep: Sweep) -> str:
    """Of the reference, or of the first variant that was timed."""
    names = sorted(sweep.lines, key=lambda name: name != part.reference)
    for name in names:
        timed = _points(sweep.lines[name], sweep.parameter, TIME)
        if len(timed) >= 2:
            law = sweep.time_law(name)
            knee = law.knee if isinstance(law, Law) and law.knee_measured else None
            ends = [(x, value[0]) for x, value in (timed[0], timed[-1])]
            return findings.growth(name, sweep.parameter, ends[0], ends[1], knee)
    return ""


def _note(drawn: Sequence[Drawn]) -> str:
    remarks = []
    if any(sign.x is not None for each in drawn for sign in each.panel.signs):
        remarks.append("◇: where the fixed cost and the cost of the items are equal")
    for each in drawn:
        if each.lawless:
            what = each.panel.y_label.partition(" (")[0]
            remarks.append(f"no law of {what} held for {' · '.join(each.lawless)}")
    return "; ".join(remarks)
