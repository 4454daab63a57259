"""Rows of values as Vega-Lite: labels at the left, one column a value of what is swept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bench.report.charts import dodge, scales, vega
from bench.report.charts.letters import widest_part, width, wrap_height, wrapped
from bench.report.charts.model import GREY, Column, Mark, RowChart
from bench.report.charts.scales import Scale, short
from bench.report.charts.vega import Spec

ROW, SPACE, GAP = 28.0, 28, 10
NARROW = 500


@dataclass(frozen=True, slots=True)
class Rows:
    """Where every row lies: its label in lines, and its middle in pixels from the top."""

    labels: dict[str, tuple[str, ...]]
    middles: dict[str, float]
    height: float

    @property
    def width(self) -> float:
        return max((width(line) for lines in self.labels.values() for line in lines), default=0.0) + GAP


def draw(chart: RowChart, total: int) -> tuple[list[Spec], list[Spec], int]:
    """The views of a chart ``total`` pixels wide, the rows of all of them, and how many stand side by side."""
    columns = min(len(chart.columns), 4 if total >= NARROW else 1)
    columns = 3 if len(chart.columns) in (5, 6, 9) and columns == 4 else columns
    rows = _placed(chart, total)
    plot = (total - rows.width - SPACE * (columns - 1) - 16) / columns - 4
    values = [v for column in chart.columns for mark in column.marks for v in (mark.low, mark.high, mark.value)]
    values += [chart.line] if chart.line is not None else []
    texts = max((width(mark.text) + GAP for column in chart.columns for mark in column.marks), default=0.0)
    x = _scale(chart, values, plot, min(texts, plot * 0.45))
    ticks = scales.numbers(x, (), max(2, round(plot / 60)))
    views, data = [], []
    for number, column in enumerate(chart.columns):
        last = number + columns >= len(chart.columns)
        shown = list(_rows(chart, number, column, x, rows, number % columns == 0))
        views.append(_view(chart, number, column, x, ticks, rows, last, shown))
        data += shown
    return views, data, columns


def _scale(chart: RowChart, values: Sequence[float], plot: float, right: float) -> Scale:
    """An axis with room for the texts beside the marks."""
    low, high = scales.reach(values, log=chart.log, zero=not chart.log, pad=0.06)
    share = plot / max(plot - right, 1)
    if chart.log:
        return Scale(low, low * (high / low) ** share, plot, log=True)
    return Scale(low, low + (high - low) * share, plot)


def _placed(chart: RowChart, total: int) -> Rows:
    # What would be broken within letters has more room, as far as the plot can spare it.
    parts = max(map(widest_part, chart.rows), default=0.0)
    wide = max(min(190.0, total * 0.36), min(parts, total * 0.48))
    labels = {row: wrapped(row, wide) or (row,) for row in chart.rows}
    most = _most_in_a_row(chart)
    middles, top = {}, 4.0
    for row, lines in labels.items():
        high = max(ROW, wrap_height(lines) + 8, dodge.APART * (most + 1))
        middles[row] = top + high / 2
        top += high
    return Rows(labels, middles, top + 4)


def _most_in_a_row(chart: RowChart) -> int:
    counts = [sum(1 for m in column.marks if m.label == row) for column in chart.columns for row in chart.rows]
    return max(counts, default=1)


def _view(
    chart: RowChart,
    number: int,
    column: Column,
    x: Scale,
    ticks: Sequence[float],
    rows: Rows,
    last: bool,
    shown: Sequence[Spec],
) -> Spec:
    title = wrapped(chart.x_label, x.length + 10) if last else ()
    horizontal = vega.along("x", x, ticks, title)
    span = Scale(0.0, rows.height, rows.height)
    upright = {"field": "y", "type": "quantitative", "scale": span.vega, "title": None, "axis": None}
    hover = [
        {"field": "s", "type": "nominal", "title": "row"},
        *({"field": f, "type": "quantitative", "format": ",.4", "title": t} for f, t in _INTERVAL.items()),
    ]
    place = {"y": vega.pixel("py"), "color": vega.colour()}
    point = {"type": "point", "size": 70, "opacity": 1, "strokeWidth": 1.6}
    layers = [
        vega.frame(horizontal, upright, (x, span)),
        vega.layer(
            "rule",
            {"type": "rule", "strokeWidth": 1.4, "color": GREY},
            {"x": vega.pixel("px"), "y": vega.pixel("py"), "y2": {"field": "py2"}},
        ),
        vega.layer(
            "mark",
            {"type": "rule", "strokeWidth": 2},
            {**place, "x": horizontal | {"field": "low"}, "x2": {"field": "high"}},
        ),
        vega.layer("mark", point | {"filled": True}, {**place, "x": horizontal, "tooltip": hover}),
        vega.layer(
            "hollow",
            {"type": "rule", "strokeWidth": 2},
            {**place, "x": horizontal | {"field": "low"}, "x2": {"field": "high"}},
        ),
        vega.layer("hollow", point | {"filled": False}, {**place, "x": horizontal, "tooltip": hover}),
        *vega.texts(),
        vega.ROOM,
    ]
    return vega.view(
        number, x.length, rows.height, vega.needed(layers, shown), vega.heading(column.title, "", x.length, "group")
    )


_INTERVAL = {"x": "value", "low": "from", "high": "to"}


def _rows(chart: RowChart, number: int, column: Column, x: Scale, rows: Rows, first: bool) -> Iterator[Spec]:
    if chart.line is not None:
        at = round(x.pixel(chart.line), 1)
        yield {"p": number, "k": "rule", "px": at, "py": 0, "py2": round(rows.height, 1)}
    if first:
        for row, lines in rows.labels.items():
            yield from vega.text_rows(number, lines, -GAP, rows.middles[row], "right")
        yield vega.room(number, -rows.width, x.length)
    ordered = sorted(column.marks, key=lambda mark: list(rows.middles).index(mark.label))
    for row, grouped in groupby(ordered, key=lambda mark: mark.label):
        marks = list(grouped)
        for mark, aside in zip(marks, dodge.offsets(len(marks)), strict=True):
            yield from _mark_rows(number, mark, x, rows.middles[row] + aside)
            if mark.text and len(marks) == 1:
                left = _beside(mark, x, chart.line)
                yield from vega.text_rows(number, (mark.text,), left, rows.middles[row])


def _beside(mark: Mark, x: Scale, line: float | None) -> float:
    """Where the text of a mark begins: to its right, and not across the line where nothing differs."""
    left = x.pixel(max(mark.high, mark.value)) + 8
    if line is not None and left - 3 < x.pixel(line) < left + width(mark.text):
        return x.pixel(line) + 5
    return left


def _mark_rows(number: int, mark: Mark, x: Scale, at: float) -> Iterator[Spec]:
    yield {
        "p": number,
        "k": "hollow" if mark.hollow else "mark",
        "s": mark.label,
        "c": mark.colour,
        "py": round(at, 1),
        "x": short(mark.value),
        "low": short(mark.low),
        "high": short(mark.high),
    }
