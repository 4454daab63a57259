"""The words of Vega-Lite that all charts are written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bench.report.charts.letters import LINE, SIZE, wrapped
from bench.report.charts.scales import Scale, tick_format

Spec = dict[str, Any]

FONT = "sans-serif"
BOLD = 13.5
"""Pixels: bold letters of 12 are as wide as plain ones of this size."""


def pixel(field: str) -> Spec:
    """A place that was computed before, in pixels of the panel."""
    return {"field": field, "type": "quantitative", "scale": None}


def colour(field: str = "c") -> Spec:
    """Rows hold their colours as they are drawn."""
    return {"field": field, "type": "nominal", "scale": None}


def along(field: str, scale: Scale, at: Sequence[float], title: Sequence[str] = (), **axis: Any) -> Spec:
    """A value on an axis; all layers of a panel say the same of it."""
    numbers = {"values": list(at), **tick_format(at)} if at else {}
    return {
        "field": field,
        "type": "quantitative",
        "scale": scale.vega,
        "title": list(title) or None,
        "axis": numbers | axis,
    }


def room(panel: int, left: float, right: float) -> Spec:
    """What keeps room for words: a browser's letters may be wider than those that the drawing was laid out with."""
    return {"p": panel, "k": "room", "px": round(left, 1), "px2": round(right, 1), "py": 0}


ROOM: Spec = {
    "transform": [{"filter": "datum.k === 'room'"}],
    "mark": {"type": "rule", "opacity": 0, "tooltip": False},
    "encoding": {
        "x": {"field": "px", "type": "quantitative", "scale": None},
        "x2": {"field": "px2"},
        "y": {"field": "py", "type": "quantitative", "scale": None},
    },
}


def layer(kind: str, mark: Spec, encoding: Spec) -> Spec:
    """Marks of the rows of one kind."""
    return {"transform": [{"filter": f"datum.k === '{kind}'"}], "mark": mark, "encoding": encoding}


def frame(x: Spec, y: Spec, scales: tuple[Scale, Scale]) -> Spec:
    """The axes of a panel, whatever is drawn in it."""
    corner = {x["field"]: scales[0].vega["domain"][0], y["field"]: scales[1].vega["domain"][0]}  # type: ignore[index]
    return {
        "data": {"values": [corner]},
        "mark": {"type": "point", "size": 0, "opacity": 0, "tooltip": False},
        "encoding": {"x": x, "y": y},
    }


def texts() -> list[Spec]:
    """One layer for each side on which words begin."""
    place = {"x": pixel("px"), "y": pixel("py"), "text": {"field": "t", "type": "nominal"}}
    return [
        layer(f"text-{align}", {"type": "text", "align": align, "baseline": "middle", "fontSize": SIZE}, place)
        for align in ("left", "right", "center")
    ]


def text_rows(panel: int, lines: Sequence[str], x: float, middle: float, align: str = "left") -> list[Spec]:
    """Lines of one label around the height ``middle``."""
    top = middle - LINE * (len(lines) - 1) / 2
    return [
        {"p": panel, "k": f"text-{align}", "t": line, "px": round(x, 1), "py": round(top + LINE * i, 1)}
        for i, line in enumerate(lines)
    ]


def needed(layers: Iterable[Spec], rows: Iterable[Spec]) -> list[Spec]:
    """Layers without those of single kinds that no row has: every layer costs time."""
    kinds = {f"datum.k === '{row['k']}'" for row in rows}
    return [layer for layer in layers if (test := _test(layer)) in kinds or not test.startswith("datum.k === ")]


def _test(layer: Spec) -> str:
    return str(layer.get("transform", [{}])[0].get("filter", ""))


def view(panel: int, width: float, height: float, layers: Sequence[Spec], title: Spec | None) -> Spec:
    """One panel over the rows that bear its number."""
    itself: Spec = {"width": round(width), "height": round(height), "view": {"stroke": None}, "layer": list(layers)}
    itself["transform"] = [{"filter": f"datum.p === {panel}"}]
    return itself | ({"title": title} if title else {})


def heading(title: str, y_label: str, width: float, beside: str = "bounds") -> Spec | None:
    """What stands above a panel: its name, and the name of its upright axis, which is so read without turning."""
    names, labels = list(wrapped(title, width, BOLD)), list(wrapped(y_label, width))
    common = {"anchor": "start", "frame": beside, "limit": 0, "offset": 6}
    if names:
        return common | {"text": names, "subtitle": labels, "fontSize": 12, "subtitleFontSize": SIZE}
    return common | {"text": labels, "fontSize": SIZE, "fontWeight": "normal"} if labels else None


CONFIG: Spec = {
    "font": FONT,
    # Vega-Lite sets the names of axes into expressions of these unescaped, and the names are texts of others.
    "aria": False,
    "axis": {
        "labelFontSize": SIZE,
        "titleFontSize": SIZE,
        "titleFontWeight": "normal",
        "titleLimit": 0,
        "labelLimit": 0,
        "labelOverlap": False,
        "labelBound": False,
        "labelFlush": False,
        "titlePadding": 6,
        "tickSize": 4,
    },
    "title": {"subtitlePadding": 2, "subtitleLineHeight": LINE, "lineHeight": 14},
    "text": {"limit": 0},
}
