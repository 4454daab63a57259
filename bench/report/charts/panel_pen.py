"""Panels of lines as Vega-Lite: bands below lines below dots, and the words of each panel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.report.charts import overlaid, vega
from bench.report.charts.dodge import Box
from bench.report.charts.letters import LINE, width, wrapped
from bench.report.charts.model import GREY, Line, Panel, PanelChart
from bench.report.charts.panel_rooms import FEW, Room, aside, column_count, rooms
from bench.report.charts.panel_words import word_rows
from bench.report.charts.scales import short
from bench.report.charts.vega import Spec
from bench.thinning import minmax_indices

DASHED = [5, 4]
OVER = {1: [8, 8], 2: [4, 12], 3: [2, 14]}
"""Dashes by how many lines lie below: each leaves more of its period to the one under it than it takes."""


def draw(chart: PanelChart, points: int, total: int) -> tuple[list[Spec], list[Spec], int]:
    """The views of a chart ``total`` pixels wide, the rows of all of them, and how many stand side by side."""
    columns = column_count(chart, total)
    placed = rooms(chart, columns, total)
    rows = [list(_rows(room, points)) for room in placed]
    views = [_view(room, shown) for room, shown in zip(placed, rows, strict=True)]
    return views, [row for shown in rows for row in shown], columns


def _view(room: Room, rows: Iterable[Spec]) -> Spec:
    panel, plot = room.panel, room.x.length
    title = wrapped(panel.x_label, plot + 20) if room.last else ()
    x = vega.along("x", room.x, room.x_ticks, title, grid=False)
    y = vega.along("y", room.y, room.y_ticks, labels=room.first, domain=False, ticks=room.first)
    if room.raw:
        y = _reaching(y, room.raw)
    heading = vega.heading(panel.title, panel.y_label if room.first else "", plot + room.axis)
    layers = [vega.frame(x, y, (room.x, room.y)), *_layers(panel, x, y, room.raw is not None), *vega.texts(), vega.ROOM]
    return vega.view(room.number, plot, room.y.length, vega.needed(layers, rows), heading)


def _reaching(y: Spec, raw: tuple[float, float]) -> Spec:
    """An upright axis that reaches as far as single values while they are shown."""
    low, high = y["scale"]["domain"]
    ends = [{"expr": f"raw ? {short(far)} : {near}"} for far, near in zip(raw, (low, high), strict=True)]
    axis = {name: value for name, value in y["axis"].items() if name not in ("values", "format", "labelExpr")}
    return y | {"scale": y["scale"] | {"domain": ends}, "axis": axis | {"tickCount": 5, "format": ",.7~r"}}


def _layers(panel: Panel, x: Spec, y: Spec, raw: bool) -> Iterator[Spec]:
    """Bands below lines below dots, each only where the panel has such."""
    kinds = {_kind(line) for line in panel.lines}
    cut = {"dash" if line.dashed else "line" for line in panel.lines if line.over}
    depths = {min(stretch.depth, max(OVER)) for line in panel.lines for stretch in line.over}
    hover = [
        {"field": "s", "type": "nominal", "title": "line"},
        {"field": "x", "type": "quantitative", "format": ",.6", "title": "x"},
        {"field": "y", "type": "quantitative", "format": ",.4", "title": "y"},
    ]
    low, each = y | {"field": "low"}, {"color": vega.colour(), "detail": {"field": "n", "type": "nominal"}}
    if any(line.low and line.style == "line" for line in panel.lines):
        band = {"type": "area", "opacity": 0.22, "line": False}
        yield {
            "transform": [{"filter": "datum.k !== 'points' && isValid(datum.low)"}],
            "mark": band,
            "encoding": {"x": x, "y": low, "y2": {"field": "high"}, **each},
        }
    for kind, mark in _STROKES.items():
        if kind in kinds | cut:
            yield vega.layer(kind, {"type": "line", **mark}, {"x": x, "y": y, **each, "tooltip": hover})
    if "few" in kinds:
        yield vega.layer("few", {"type": "line", "strokeWidth": 1.8}, {"x": x, "y": y, **each})
        dots = {"type": "point", "filled": True, "size": 30, "opacity": 1}
        for kind in ("few", "dot"):
            yield vega.layer(kind, dots, {"x": x, "y": y, "color": vega.colour(), "tooltip": hover})
    for depth in sorted(depths):
        dashes = {"type": "line", "strokeWidth": 1.9, "strokeDash": OVER[depth], "strokeCap": "butt"}
        yield vega.layer(f"over-{depth}", dashes, {"x": x, "y": y, **each, "tooltip": hover})
    place = {"x": vega.pixel("px"), "color": vega.colour()}
    if "points" in kinds:
        bars = {"type": "rule", "strokeWidth": 1.5}
        yield vega.layer("points", bars, {**place, "y": low, "y2": {"field": "high"}})
        dots = {"type": "point", "filled": True, "size": 40, "opacity": 1}
        yield vega.layer("points", dots, {**place, "y": y, "tooltip": hover})
    if raw:
        specks = {"type": "point", "filled": True, "size": 5, "opacity": 0.8, "clip": True}
        yield {
            "transform": [{"filter": "raw && datum.k === 'raw'"}],
            "mark": specks,
            "encoding": {"x": x, "y": y, "color": vega.colour()},
        }
    level = {"x": vega.pixel("px"), "x2": {"field": "px2"}, "y": vega.pixel("py"), "y2": {"field": "py2"}}
    yield vega.layer("rule", {"type": "rule", "strokeWidth": 1.2}, {**level, "color": vega.colour()})
    leader = {"type": "rule", "strokeWidth": 1, "strokeDash": [1, 2], "color": GREY, "tooltip": False}
    yield vega.layer("leader", leader, level)
    dot = {"type": "point", "filled": True, "size": 36, "opacity": 1, "tooltip": False}
    yield vega.layer("key", dot, {**place, "y": vega.pixel("py")})
    diamond = {"type": "point", "shape": "diamond", "size": 90, "strokeWidth": 1.6, "filled": False, "opacity": 1}
    yield vega.layer("sign", diamond, {**place, "y": vega.pixel("py")})


_STROKES: dict[str, Spec] = {
    "faint": {"strokeWidth": 0.8},
    "law": {"strokeWidth": 1.1},
    "line": {"strokeWidth": 1.6},
    "dash": {"strokeWidth": 1.5, "strokeDash": DASHED},
}


def _kind(line: Line) -> str:
    if line.faint:
        return "faint"
    if line.style != "line":
        return line.style
    if line.dashed:
        return "dash"
    return "few" if len(line.x) <= FEW else "line"


def _rows(room: Room, points: int) -> Iterator[Spec]:
    """One row a point, a label's line, what leads to it; no more digits than a screen can show."""
    beside = aside(room.panel)
    for number, line in enumerate(room.panel.lines):
        common = {"p": room.number, "k": _kind(line), "n": number, "s": line.label, "c": line.colour}
        if line.over:
            yield from _cut(room.panel, line, common, points)
        for i in minmax_indices(line.y, min(points, 60) if line.faint else points):
            row = common | {"x": short(line.x[i]), "y": short(line.y[i])}
            if line.style == "points":
                row["px"] = round(room.x.pixel(line.x[i]) + beside.get((number, line.x[i]), 0.0), 1)
            bounds = (line.low[i], line.high[i]) if line.low else (line.y[i],) * 2 if line.style == "points" else ()
            if bounds or not line.over:
                yield row | ({"low": short(bounds[0]), "high": short(bounds[1])} if bounds else {}) | _band(line)
        for i in minmax_indices(line.raw_y, points):
            yield common | {"k": "raw", "x": short(line.raw_x[i]), "y": short(line.raw_y[i])}
    if room.first:
        yield vega.room(room.number, -room.axis, 0)
    yield from word_rows(room)


def _band(line: Line) -> Spec:
    """Of a line that is drawn in pieces the rows of the whole are those of its band alone."""
    return {"k": "band"} if line.over else {}


def _cut(panel: Panel, line: Line, common: Spec, points: int) -> Iterator[Spec]:
    """The rows of each piece; dots only where no other line has its own at the same places."""
    for number, (depth, xs, ys) in enumerate(overlaid.pieces(line, panel.log_x, panel.log_y)):
        kind = f"over-{min(depth, max(OVER))}" if depth else "dash" if line.dashed else "line"
        for i in minmax_indices(ys, points):
            yield common | {"k": kind, "n": f"{common['n']}.{number}", "x": short(xs[i]), "y": short(ys[i])}
    if _kind(line) == "few":
        for x, y in zip(line.x, line.y, strict=True):
            hair = 1e-9 * abs(x)  # the ends of a stretch of a logarithmic axis are powers of their logarithms
            if not any(stretch.low - hair <= x <= stretch.high + hair for stretch in line.over):
                yield common | {"k": "dot", "x": short(x), "y": short(y)}


def label_boxes(chart: PanelChart, total: int) -> list[list[Box]]:
    """For each panel the boxes that its labels take, as they are drawn."""
    return [list(_boxes(_rows(room, FEW))) for room in rooms(chart, column_count(chart, total), total)]


def _boxes(rows: Iterable[Spec]) -> Iterator[Box]:
    for row in rows:
        if row["k"] in ("text-left", "text-right"):
            wide = width(row["t"])
            left = row["px"] if row["k"] == "text-left" else row["px"] - wide
            yield Box(left, row["py"] - LINE / 2, left + wide, row["py"] + LINE / 2)
