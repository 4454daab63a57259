"""Time against memory: which variants no other beats in both."""

from __future__ import annotations

from collections.abc import Sequence

from bench.analysis import peak_memory, quantities, statistics
from bench.analysis.comparisons import Group, groups
from bench.model import PartInfo, Record
from bench.report.charts import findings, naming
from bench.report.charts.measured import MEMORY, TENSORS, TIME, column_names, usable, varying_parameters
from bench.report.charts.model import BLUE, GREY, PALETTE, Line, Panel, PanelChart, slug, spans_decade

NAME = "time against memory"


def pareto(exercise: str, part: PartInfo, records: Sequence[Record], *, telling: bool = True) -> PanelChart | None:
    """A point a variant, at the last setting of what is swept; ``None`` where fewer than two have both numbers, or all
    the same memory."""
    listed = groups(part, usable(records))
    names = column_names(listed)
    varying = varying_parameters([group.parameters for group in listed])
    if not names:
        return None
    setting, (group, *_) = list(names.items())[-1]
    tensors = all(row.peak and row.peak.tensors for row in group.rows)
    places = _places(group, tensors)
    if len(places) < 2 or len({memory for _, memory in places.values()}) < 2:
        return None
    best = front(places)
    finding = findings.front(best) if telling else ""
    subject = ", ".join(filter(None, ("Time against memory", setting)))
    times, sizes = [t for t, _ in places.values()], [m for _, m in places.values()]
    seconds, bytes_ = (
        quantities.unit_for(statistics.range_of(v)[0], u)
        for v, u in ((times, quantities.SECONDS), (sizes, quantities.BYTES))
    )
    scaled = {name: (time / seconds[0], memory / bytes_[0]) for name, (time, memory) in places.items()}
    panel = Panel(
        lines=(*_front_line([scaled[name] for name in best]), *_points(scaled, best)),
        x_label=f"time per call ({seconds[1]})",
        y_label=f"{'peak of tensors' if tensors else 'peak memory'} ({bytes_[1]})",
        log_x=spans_decade(times),
        log_y=spans_decade(sizes),
        labels="beside",
    )
    floor = not tensors and peak_memory.PAGES in sizes
    return PanelChart(
        slug=slug(exercise, part.id, NAME),
        name=NAME,
        title=finding or subject,
        subtitle=naming.sentence(
            subject if finding else "",
            naming.constants([row.record for row in group.rows], part.parameters, varying),
            "line: what no other variant beats in both" if len(best) > 1 else "",
        ),
        note=f"{quantities.size(peak_memory.PAGES)} stands for all below" if floor else "",
        panels=(panel,),
    )


def _places(group: Group, tensors: bool) -> dict[str, tuple[float, float]]:
    meter = TENSORS if tensors else MEMORY
    both = {row.name: (TIME.read([row.record], ""), meter.read([row.record], "")) for row in group.rows}
    return {name: (time[0], memory[0]) for name, (time, memory) in both.items() if time and memory and memory[0] > 0}


def front(places: dict[str, tuple[float, float]]) -> list[str]:
    """Those that no other beats in one and equals in the other, from the fastest on."""
    best: list[str] = []
    for name in sorted(places, key=lambda name: places[name]):
        if not best or places[name][1] < places[best[-1]][1]:
            best.append(name)
    return best


def _front_line(points: Sequence[tuple[float, float]]) -> tuple[Line, ...]:
    """In steps: between two variants there is nothing."""
    if len(points) < 2:
        return ()
    stairs = [points[0]]
    for x, y in points[1:]:
        stairs += [(x, stairs[-1][1]), (x, y)]
    xs, ys = zip(*stairs, strict=True)
    return (Line(label="", x=xs, y=ys, style="law", hue=PALETTE.index(GREY)),)


def _points(places: dict[str, tuple[float, float]], best: Sequence[str]) -> tuple[Line, ...]:
    blue, grey = PALETTE.index(BLUE), PALETTE.index(GREY)
    return tuple(
        Line(label=name, x=(x,), y=(y,), style="points", hue=blue if name in best else grey)
        for name, (x, y) in places.items()
    )
