"""The pen for the page: Vega-Lite specifications, which give both the static SVG and the living chart.

Colours of text, axes and ground are left to the page's style sheet, so that one drawing serves both themes. All rows of
a chart are one data set, joined to the finished specification: altair would copy them with every step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from bench.report.charts.model import Chart, DotChart, Line, LineChart, Mark, extent_x, extent_y, measured_x
from bench.report.charts.ticks import log_ticks
from bench.thinning import minmax_indices

if TYPE_CHECKING:
    import altair as alt

Spec = dict[str, Any]

STATIC_WIDTH, HEIGHT, ROW = 640, 260, 26
LABEL_LIMIT, LEGEND_LETTERS = 260, 90
SOLID, DASHED = [1, 0], [5, 4]
FEW = 20
"""So few points are marked one by one."""


def specification(chart: Chart, points: int, width: int | str = STATIC_WIDTH) -> Spec:
    """A Vega-Lite specification with its data inside; lines longer than ``points`` are thinned.

    ``width`` is a number of pixels, or "container" for a chart that fits the page.
    """
    layered = _dots(chart) if isinstance(chart, DotChart) else _lines(chart)
    rows = _marks(chart) if isinstance(chart, DotChart) else _rows(chart, points)
    dressed = (
        layered.properties(width=width, background="transparent", autosize={"type": "fit-x", "contains": "padding"})
        .configure(font="sans-serif")
        .configure_view(strokeWidth=0)
        .configure_axis(labelFontSize=11, titleFontSize=12, titleFontWeight="normal", titlePadding=8, tickSize=4)
        .configure_axisX(titleLimit=420)
        .configure_axisY(titleLimit=HEIGHT)
        .configure_legend(orient="bottom", title=None, labelFontSize=12, labelLimit=LABEL_LIMIT, **_legend(chart))
    )
    # altair's validation takes four times as long as the drawing up, and these specifications are ours and tested.
    spec: Spec = dressed.to_dict(validate=False)
    return spec | {"datasets": {"rows": list(rows)}}


def _legend(chart: Chart) -> Spec:
    """As many columns as the longest label leaves room for."""
    longest = max((len(line.label) for line in chart.lines), default=0) if isinstance(chart, LineChart) else 0
    return {"columns": max(1, min(6, LEGEND_LETTERS // (longest + 5))), "symbolOpacity": 1, "columnPadding": 24}


def _rows(chart: LineChart, points: int) -> Iterator[Spec]:
    """One row a point: line number ``n``, series ``s``, style ``k``; no more digits than a screen can show."""
    for number, line in enumerate(chart.lines):
        style = "few" if line.style == "line" and len(line.x) <= FEW else line.style
        for i in minmax_indices(line.y, points):
            row = {"n": number, "s": line.label, "k": style, "x": short(line.x[i]), "y": short(line.y[i])}
            yield row | ({"low": short(line.low[i]), "high": short(line.high[i])} if line.low else {})


def short(value: float) -> float:
    return float(f"{value:.5g}")


def _lines(chart: LineChart) -> alt.LayerChart | alt.FacetChart:
    """Bands below lines below dots, each layer only where the chart has such lines."""
    import altair as alt

    base = alt.Chart(alt.NamedData(name="rows")).encode(_x(chart), _colour(chart.lines))
    y, low, high = _y(chart, "y"), _y(chart, "low"), alt.Y2("high")
    layers: list[alt.Chart] = []
    if any(line.low and line.style == "line" for line in chart.lines):
        band = base.mark_area(opacity=0.18, clip=True).encode(low, high, alt.Detail("n:N"))
        layers.append(band.transform_filter("datum.k !== 'points' && isValid(datum.low)"))
    if any(line.style != "points" for line in chart.lines):
        thin = max(len(line.x) for line in chart.lines) >= 200
        path = base.mark_line(strokeWidth=1.1 if thin else 1.7, clip=True)
        path = path.encode(y, _dash(chart.lines), alt.Detail("n:N"))
        layers.append(path.transform_filter("datum.k !== 'points'").encode(tooltip=_tooltip()))
    if any(line.style == "points" for line in chart.lines):
        bars = base.mark_rule(strokeWidth=1.5, clip=True).encode(low, high)
        layers.append(bars.transform_filter("datum.k === 'points'"))
    if any(line.style == "points" or (line.style == "line" and len(line.x) <= FEW) for line in chart.lines):
        dots = base.mark_point(filled=True, size=36, opacity=1, clip=True).encode(y, tooltip=_tooltip())
        layers.append(dots.transform_filter("datum.k === 'points' || datum.k === 'few'"))
    # In one layer alone: Vega-Lite refuses the same parameter twice.
    layers[-1] = layers[-1].add_params(alt.selection_interval(bind="scales", encodings=["x"], name="zoom"))
    return alt.layer(*layers).properties(height=HEIGHT)


def _x(chart: LineChart) -> alt.X:
    """The common axis; where single values were measured, it names them."""
    import altair as alt

    measured = measured_x(chart)
    named = measured or (log_ticks(extent_x(chart)) if chart.log_x else [])
    scale = alt.Scale(type="log", nice=False) if chart.log_x else alt.Scale(zero=False, nice=False)
    scale.padding = 8 if measured or all(len(line.x) <= FEW for line in chart.lines) else 0
    counted = all(x.is_integer() for line in chart.lines for x in line.x)
    ticks = _ticks(named, 7) | ({"tickMinStep": 1} if counted and not named else {})
    return alt.X("x:Q").title(chart.x_label or None).scale(scale).axis(grid=False, **ticks)


def _y(chart: LineChart, field: str) -> alt.Y:
    """Amounts are read from zero, courses of training from wherever they are."""
    import altair as alt

    amounts = any(line.style == "points" for line in chart.lines)
    scale = alt.Scale(type="log", nice=False, padding=8) if chart.log_y else alt.Scale(zero=amounts, nice=True)
    low, high = min(extent_y(chart), default=0.0), max(extent_y(chart), default=0.0)
    if low == high and not (chart.log_y or amounts):  # of a constant Vega would name no value but 0
        scale.domain = [low - (abs(low) / 2 or 1), high + (abs(high) / 2 or 1)]
    named = log_ticks(extent_y(chart)) if chart.log_y else []
    return alt.Y(f"{field}:Q").title(chart.y_label or None).scale(scale).axis(**_ticks(named, 6))


def _ticks(named: list[float], count: int) -> Spec:
    """Numbers at these places, written out where they are short; about ``count`` of Vega's own where none is named."""
    if not named:
        return {"tickCount": count}
    short_ones = all(value == 0 or 1e-3 <= abs(value) < 1e7 for value in named)
    return {"values": named, "format": ",.7~r" if short_ones else ".3~e"}  # without digits Vega would round 12 to 10


def _colour(entries: Sequence[Line | Mark]) -> alt.Color:
    """Colour by label, and the legend; no legend where there is nothing to tell apart."""
    import altair as alt

    keys = {entry.label: entry.colour for entry in entries}
    colour = alt.Color("s:N").scale(domain=list(keys), range=list(keys.values()))
    has_labels = any(isinstance(entry, Line) and entry.label for entry in entries)
    return colour if has_labels else colour.legend(None)


def _dash(lines: Sequence[Line]) -> alt.StrokeDash:
    import altair as alt

    keys = {line.label: DASHED if line.dashed else SOLID for line in lines}
    dash = alt.StrokeDash("s:N").scale(domain=list(keys), range=list(keys.values()))
    return dash if any(keys) else dash.legend(None)


def _tooltip() -> list[alt.Tooltip]:
    import altair as alt

    return [
        alt.Tooltip("s:N", title="line"),
        alt.Tooltip("x:Q", format=",.6", title="x"),
        alt.Tooltip("y:Q", format=",.4", title="y"),
    ]


def _marks(chart: DotChart) -> Iterator[Spec]:
    for mark in chart.marks:
        yield {"s": mark.label, "x": short(mark.value), "low": short(mark.low), "high": short(mark.high)}


def _dots(chart: DotChart) -> alt.LayerChart | alt.FacetChart:
    import altair as alt

    y = alt.Y("s:N").sort([mark.label for mark in chart.marks]).title(None)
    base = alt.Chart(alt.NamedData(name="rows")).encode(
        y.axis(labelLimit=LABEL_LIMIT, domain=False, ticks=False, offset=8), _colour(chart.marks)
    )
    scale = alt.Scale(type="log", nice=False, padding=10) if chart.log else alt.Scale(zero=True)
    named = log_ticks(extent_x(chart)) if chart.log else []
    x = alt.X("x:Q").title(chart.x_label).scale(scale).axis(**_ticks(named, 6))
    low = alt.X("low:Q").title(chart.x_label).scale(scale).axis(**_ticks(named, 6))
    tooltip = [alt.Tooltip("s:N", title="variant")]
    tooltip += [alt.Tooltip(f"{field}:Q", format=",.4", title=title) for field, title in _INTERVAL.items()]
    bars = base.mark_rule(strokeWidth=2).encode(low, alt.X2("high"))
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(x, tooltip=tooltip)
    return alt.layer(bars, dots).properties(height=ROW * len(chart.marks))


_INTERVAL = {"x": "value", "low": "from", "high": "to"}


def static_svg(spec: Spec, prefix: str) -> str:
    """An SVG of a specification to stand inside a page: scalable, themed by its style sheet, its ids its own."""
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(spec, vl_version=vegalite_version()))
    # The page's style sheet sets the size, from the view box.
    svg = re.sub(r' width="\d+" height="\d+"', "", svg, count=1)
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


def vegalite_version() -> str:
    """The Vega-Lite that altair writes, as vl-convert names it: "6.4"."""
    import altair as alt

    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
