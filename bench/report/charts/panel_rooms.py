"""Panels of lines before they are drawn: how many stand side by side, their axes, and the room for their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.report.charts import dodge, scales, vega
from bench.report.charts.letters import width, wrap_height, wrapped
from bench.report.charts.model import Line, Panel, PanelChart
from bench.report.charts.scales import Scale

FEW = 20
"""So few points are marked one by one."""
SPACE, OVERHANG, LEADER, EDGE = 16, 10, 16, 18
HEIGHTS = {1: 240.0, 2: 190.0, 3: 150.0, 4: 140.0}
AXIS, NARROWEST = 50, 90
"""Pixels: the numbers of an upright axis take about so many; and below the latter no column is given up for a name."""
ORIGIN = 0.15
"""Of where an axis ends: one of its own that begins so near to zero begins there, and panels can be compared."""
NARROW = 500
"""Pixels: below this width panels stand below each other."""
BESIDE = 7.0
"""Pixels that a point keeps from the frame."""

Label = tuple[Line, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One panel with the pixels it has: its axes, and the lines of text of each label.

    ``raw`` is how far y reaches where single values are shown; ``first``: its upright axis has numbers; ``last``: the
    axis below has its name.
    """

    number: int
    panel: Panel
    x: Scale
    y: Scale
    x_ticks: tuple[float, ...]
    y_ticks: tuple[float, ...]
    labels: tuple[Label, ...]
    first: bool
    last: bool
    axis: float
    raw: tuple[float, float] | None = None


def column_count(chart: PanelChart, total: int) -> int:
    """Panels with labels at their line ends need more room than those without; differences stand below."""
    if chart.stacked:
        return 1
    panels = [panel for panel in chart.panels if panel.share == 1]
    labelled = sum(1 for panel in panels if panel.labels == "end")
    if total < NARROW:
        most = 1 if labelled > 1 else 2
    elif len(panels) < len(chart.panels):
        most = 2
    else:
        # Three and one below them is no row: four with one name at the right stand in one.
        most = 2 if labelled > 1 else 3 if len(panels) in (5, 6, 9) or (labelled and len(panels) != 4) else 4
    most = min(len(panels), most)
    return next((columns for columns in range(most, 1, -1) if _names_fit(panels, columns, total)), 1)


def _names_fit(panels: Sequence[Panel], columns: int, total: int) -> bool:
    """Whether no panel's name has a word that is wider than the panel; columns that are narrow anyway stay."""
    least = (total - AXIS) / columns - SPACE
    words = [width(word, vega.BOLD) for panel in panels for word in panel.title.split()]
    return max(words, default=0.0) <= max(least, NARROWEST)


def rooms(chart: PanelChart, columns: int, total: int) -> list[Room]:
    """Every panel with its share of ``total`` pixels; all plots are equally wide."""
    spans_x, spans_y = _spans(chart, "x"), _spans(chart, "y")
    ticks = [_y_ticks(panel, span, 100) for panel, span in zip(chart.panels, spans_y, strict=True)]
    axes = [6.0 if _as_before(chart, n, columns) else scales.axis_width(shown) for n, shown in enumerate(ticks)]
    labels = [_labels(panel, total / columns) for panel in chart.panels]
    side = [max((width(text) for _, lines in each for text in lines), default=-LEADER) + LEADER for each in labels]
    taken = sum(max(axes[i::columns]) + max(side[i::columns]) for i in range(columns))
    plot = (total - (SPACE + OVERHANG) * (columns - 1) - taken - EDGE) / columns
    raws = _raw_spans(chart)
    return [
        _room(chart, number, plot, columns, (spans_x[number], spans_y[number]), labels[number], axes[number], raws)
        for number in range(len(chart.panels))
    ]


def _room(
    chart: PanelChart,
    number: int,
    plot: float,
    columns: int,
    spans: tuple[tuple[float, float], tuple[float, float]],
    labels: tuple[Label, ...],
    axis: float,
    raw: tuple[float, float] | None,
) -> Room:
    panel = chart.panels[number]
    high = max(HEIGHTS.get(columns, 130.0) * panel.share, dodge.needed([wrap_height(lines) for _, lines in labels]))
    offsets = [abs(offset) for offset in aside(panel).values()]
    room = BESIDE + max(offsets, default=0.0) if _is_few(panel) else 0.0
    x = Scale(*spans[0], plot, panel.log_x).widened(room)
    y = Scale(*spans[1], high, panel.log_y, up=True)
    last = number + columns >= len(chart.panels) or not chart.shared_x
    return Room(
        number=number,
        panel=panel,
        x=x,
        y=y,
        x_ticks=tuple(scales.numbers(x, measured_x(panel), max(2, round(plot / 45)), _whole(panel))),
        y_ticks=tuple(_y_ticks(panel, spans[1], high)),
        labels=labels,
        first=not _as_before(chart, number, columns),
        last=last,
        axis=axis,
        raw=raw,
    )


def _as_before(chart: PanelChart, number: int, columns: int) -> bool:
    """Whether the panel to the left has the same upright axis."""
    beside = chart.shared_y and number % columns > 0
    return beside and _same(chart.panels[number - 1], chart.panels[number], "y")


def _spans(chart: PanelChart, axis: str) -> list[tuple[float, float]]:
    """The ends of each panel's axis: the same for panels on one scale, of the same label and kind."""
    shared = chart.shared_x if axis == "x" else chart.shared_y
    own = [_values(panel, axis) for panel in chart.panels]
    spans = []
    for panel, values in zip(chart.panels, own, strict=True):
        alike = [v for p, v in zip(chart.panels, own, strict=True) if _same(p, panel, axis)]
        shown = [value for each in alike for value in each] if shared else values
        log = panel.log_x if axis == "x" else panel.log_y
        if axis == "x" and not (shared or log) and len(own) > 1 and 0 < min(shown, default=0) <= ORIGIN * max(shown):
            shown = [0.0, *shown]
        pad = 0.06 if axis == "y" else 0.02
        spans.append(scales.reach(shown, log=log, zero=panel.zero and axis == "y", pad=pad))
    return spans


def _raw_spans(chart: PanelChart) -> tuple[float, float] | None:
    """How far y reaches with all single values; panels of noise share it."""
    raw = [y for panel in chart.panels for line in panel.lines for y in line.raw_y]
    if not raw:
        return None
    shown = [y for panel in chart.panels for y in _values(panel, "y")]
    return scales.reach([*raw, *shown], log=chart.panels[0].log_y)


def _same(one: Panel, other: Panel, axis: str) -> bool:
    return axis == "x" or (one.share == other.share and one.y_label == other.y_label)


def _values(panel: Panel, axis: str) -> list[float]:
    if axis == "x":
        return [x for line in panel.lines for x in line.x] + [sign.x for sign in panel.signs if sign.x is not None]
    values = [y for line in panel.lines for y in (*line.y, *line.low, *line.high)]
    return values + [sign.y for sign in panel.signs]


def measured_x(panel: Panel) -> list[float]:
    """The single values of x that were measured, where the axis has its numbers there."""
    if panel.round_x:
        return []
    few = [line for line in panel.lines if line.style == "points"]
    return sorted({x for line in few for x in line.x}) if panel.labels != "beside" else []


def _is_few(panel: Panel) -> bool:
    return any(line.style == "points" or len(line.x) <= FEW for line in panel.lines)


def _whole(panel: Panel) -> bool:
    return all(x.is_integer() for line in panel.lines for x in line.x)


def _y_ticks(panel: Panel, span: tuple[float, float], high: float) -> list[float]:
    return scales.numbers(Scale(*span, high, panel.log_y, up=True), (), 3 if panel.share < 1 else 5)


def _labels(panel: Panel, cell: float) -> tuple[Label, ...]:
    """The lines that are named at their ends, one a label; points before the law through them."""
    if panel.labels != "end":
        return ()
    named = {line.label: line for line in panel.lines if line.label and line.x and line.style != "law"}
    words = [width(word) for label in named for word in label.split()]
    # Whole words as far as there is room: one that is broken has to be read twice.
    most = max(70.0, min(150.0, cell * 0.34), min(max(words, default=0.0), 110.0))
    return tuple((line, wrapped(label, most)) for label, line in named.items())


def aside(panel: Panel) -> dict[tuple[int, float], float]:
    """How far the points of each line, by its number, step aside where several have a point at the same x."""
    at: dict[float, list[int]] = {}
    for number, line in enumerate(panel.lines):
        if line.style == "points" and panel.labels != "beside":
            for x in line.x:
                at.setdefault(x, []).append(number)
    return {
        (number, x): offset
        for x, numbers in at.items()
        for number, offset in zip(numbers, dodge.offsets(len(numbers)), strict=True)
    }
