"""Vega-Lite specifications: one source of the living chart, of the static SVG in the page, and of the files.

Colours of text, axes and ground are left to the page's style sheet, so that one drawing serves both themes.
"""

from __future__ import annotations

import re

from bench.report.charts import engine, heat_pen, panel_pen, panel_rooms, row_pen, vega
from bench.report.charts.model import Chart, HeatChart, PanelChart, RowChart
from bench.report.charts.vega import Spec as Spec

STATIC_WIDTH, NARROW_WIDTH = 640, 340


def specification(chart: Chart, points: int, width: int = STATIC_WIDTH) -> Spec:
    """A Vega-Lite specification with its data inside; lines longer than ``points`` are thinned.

    It is ``width`` pixels wide at most: below 500 panels stand below each other.
    """
    params: list[Spec] = []
    if isinstance(chart, RowChart):
        views, rows, columns = row_pen.draw(chart, width)
    elif isinstance(chart, HeatChart):
        views, rows, columns = heat_pen.draw(chart, width)
    else:
        views, rows, columns = panel_pen.draw(chart, points, width)
        params = _toggles(chart)
    return {
        "data": {"name": "rows"},
        "datasets": {"rows": rows},
        "params": params,
        "columns": columns,
        "concat": views,
        "spacing": {"row": 14, "column": panel_rooms.SPACE},
        "background": "transparent",
        "padding": 4,
        "config": vega.CONFIG,
    }


def _toggles(chart: PanelChart) -> list[Spec]:
    if not any(line.raw_x for panel in chart.panels for line in panel.lines):
        return []
    return [{"name": "raw", "value": False}]


def drawn(spec: Spec) -> str:
    """A specification as SVG with black text and a ground that lets the page through, as vl-convert writes it."""
    return engine.svg(spec)


def static_svg(spec: Spec, prefix: str) -> str:
    """An SVG of a specification to stand inside a page: scalable, themed by its style sheet, its ids its own."""
    return themed(drawn(spec), prefix)


def themed(svg: str, prefix: str) -> str:
    """The same of a drawing that is there already."""
    # The page's style sheet sets the size, from the view box.
    svg = re.sub(r' width="[\d.]+" height="[\d.]+"', "", svg, count=1)
    svg = _own_ids(svg, prefix)
    # Hidden from screen readers as a whole, which have the tables, a drawing needs no name for each of its marks.
    svg = re.sub(r' aria-[a-z]+="[^"]*"| role="[^"]*"| pointer-events="none"', "", svg)
    # What would stand against a dark theme, and what is the default anyway.
    svg = re.sub(r'<path class="(?:fore|back)ground"[^>]*/>', "", svg)
    svg = re.sub(r' (?:font-family="sans-serif"|fill="#000"|opacity="1"|stroke-width="1")', "", svg)
    return _rounded(svg).replace("<svg ", '<svg aria-hidden="true" ', 1)


def _rounded(svg: str) -> str:
    """Coordinates to a tenth of a pixel; the numbers that stand between the tags are for the reader, and stay."""
    return re.sub(r"<[^>]+>", lambda tag: re.sub(r"(\d\.\d)\d+", r"\1", tag[0]), svg)


def _own_ids(svg: str, prefix: str) -> str:
    """Count ids from zero: Vega counts them on from drawing to drawing, and a page holds many drawings."""
    ids = dict.fromkeys(re.findall(r' id="([^"]+)"', svg))
    for number, old in enumerate(ids):
        svg = re.sub(rf'(id="|url\(#|href="#){re.escape(old)}(?=["\)])', rf"\g<1>{prefix}-{number}", svg)
    return svg
