"""The pen for the page: Vega-Lite specifications, which give both the static SVG and the living chart.

Colours of text, axes and ground are left to the page's style sheet, so that one drawing serves both themes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.report.charts.model import Chart, DotChart, Line, LineChart, Mark
from bench.report.charts.thinning import keep

if TYPE_CHECKING:
    import altair as alt

Spec = dict[str, Any]

STATIC_WIDTH, HEIGHT, ROW = 640, 260, 26
LABEL_LIMIT = 260
SOLID, DASHED = [1, 0], [5, 4]


def specification(chart: Chart, points: int, width: int | str = STATIC_WIDTH) -> Spec:
    """A Vega-Lite specification with its data inside; lines longer than ``points`` are thinned.

    ``width`` is a number of pixels, or "container" for a chart that fits the page.
    """
    layered = _dots(chart) if isinstance(chart, DotChart) else _lines(chart, points)
    dressed = (
        layered.properties(width=width, background="transparent", autosize={"type": "fit-x", "contains": "padding"})
        .configure(font="sans-serif")
        .configure_view(strokeWidth=0)
        .configure_axis(labelFontSize=11, titleFontSize=12, titleFontWeight="normal", titlePadding=8, tickSize=4)
        .configure_legend(orient="bottom", title=None, labelFontSize=12, labelLimit=LABEL_LIMIT, columns=3)
    )
    spec: Spec = dressed.to_dict(validate=False)
    return spec


def _lines(chart: LineChart, points: int) -> alt.LayerChart:
    import altair as alt

    layers: list[alt.Chart] = []
    for line in chart.lines:
        base = alt.Chart(_data(_rows(line, points))).encode(_x(chart), *_hues(chart.lines))
        layers += _points(base, chart, line) if line.style == "points" else _path(base, chart, line)
    if layers:
        layers[0] = layers[0].add_params(alt.selection_interval(bind="scales", encodings=["x"], name="zoom"))
    return alt.layer(*layers).properties(height=HEIGHT)


def _data(rows: list[Spec]) -> alt.InlineData:
    import altair as alt

    return alt.InlineData(values=rows)


def _x(chart: LineChart) -> alt.X:
    """The common axis; where single values were measured, it names them."""
    import altair as alt

    measured = sorted({x for line in chart.lines if line.style == "points" for x in line.x})
    ticks: Spec = {"values": measured} if 0 < len(measured) <= 10 else {"tickCount": 7}
    scale = alt.Scale(type="log" if chart.log_x else "linear", nice=False, zero=False, padding=8)
    return alt.X("x:Q").title(chart.x_label or None).scale(scale).axis(grid=False, **ticks)


def _y(chart: LineChart, field: str) -> alt.Y:
    import altair as alt

    scale = alt.Scale(type="log" if chart.log_y else "linear", zero=not chart.log_y and _from_zero(chart))
    return alt.Y(f"{field}:Q").title(chart.y_label or None).scale(scale)


def _from_zero(chart: LineChart) -> bool:
    """Amounts are read from zero, courses of training from wherever they are."""
    return any(line.style == "points" for line in chart.lines)


def _hues(entries: Sequence[Line | Mark]) -> tuple[alt.Color, alt.StrokeDash]:
    """Colour and dash by label, and the legend; no legend where there is nothing to tell apart."""
    import altair as alt

    keys = {entry.label: entry for entry in entries}
    labels = list(keys)
    dashes = [DASHED if isinstance(entry, Line) and entry.dashed else SOLID for entry in keys.values()]
    colour = alt.Color("s:N").scale(domain=labels, range=[entry.colour for entry in keys.values()])
    dash = alt.StrokeDash("s:N").scale(domain=labels, range=dashes)
    told = any(isinstance(entry, Line) and entry.label for entry in entries)
    return (colour, dash) if told else (colour.legend(None), dash.legend(None))


def _points(base: alt.Chart, chart: LineChart, line: Line) -> list[alt.Chart]:
    import altair as alt

    bars = base.mark_rule(strokeWidth=1.5).encode(_y(chart, "low"), alt.Y2("high"))
    dots = base.mark_point(filled=not line.dashed, size=50, opacity=1).encode(_y(chart, "y"), tooltip=_tooltip())
    return [bars.encode(strokeDash=alt.value(SOLID)), dots.encode(strokeDash=alt.value(SOLID))]


def _path(base: alt.Chart, chart: LineChart, line: Line) -> list[alt.Chart]:
    import altair as alt

    few = line.style == "line" and len(line.x) <= 20
    path = base.mark_line(
        strokeWidth=1.7 if len(line.x) < 200 else 1.1, clip=True, point={"size": 20} if few else False
    )
    path = path.encode(_y(chart, "y"), tooltip=_tooltip())
    if not line.low:
        return [path]
    band = base.mark_area(opacity=0.18, clip=True).encode(_y(chart, "low"), alt.Y2("high"))
    return [band.encode(strokeDash=alt.value(SOLID)), path]


def _tooltip() -> list[alt.Tooltip]:
    import altair as alt

    return [
        alt.Tooltip("s:N", title="line"),
        alt.Tooltip("x:Q", format=",.6", title="x"),
        alt.Tooltip("y:Q", format=",.4", title="y"),
    ]


def _rows(line: Line, points: int) -> list[Spec]:
    """The points of a line, with no more digits than a screen can show."""
    kept = keep(line.y, points)
    rows = [{"x": short(line.x[i]), "y": short(line.y[i]), "s": line.label} for i in kept]
    if line.low:
        for row, i in zip(rows, kept, strict=True):
            row |= {"low": short(line.low[i]), "high": short(line.high[i])}
    return rows


def short(value: float) -> float:
    return float(f"{value:.5g}")


def _dots(chart: DotChart) -> alt.LayerChart:
    import altair as alt

    rows = [
        {"s": mark.label, "x": short(mark.value), "low": short(mark.low), "high": short(mark.high)}
        for mark in chart.marks
    ]
    y = alt.Y("s:N").sort([mark.label for mark in chart.marks]).title(None)
    base = alt.Chart(_data(rows)).encode(
        y.axis(labelLimit=LABEL_LIMIT, domain=False, ticks=False), _hues(chart.marks)[0]
    )
    scale = alt.Scale(type="log" if chart.log else "linear", zero=not chart.log)
    low, centre = (alt.X(f"{field}:Q").title(chart.x_label).scale(scale) for field in ("low", "x"))
    tooltip = [alt.Tooltip("s:N", title="variant")]
    tooltip += [alt.Tooltip(f"{field}:Q", format=",.4", title=title) for field, title in _INTERVAL.items()]
    bars = base.mark_rule(strokeWidth=2).encode(low, alt.X2("high"))
    dots = base.mark_point(filled=True, size=80, opacity=1).encode(centre, tooltip=tooltip)
    return alt.layer(bars, dots).properties(height=ROW * len(rows))


_INTERVAL = {"x": "value", "low": "from", "high": "to"}


def static_svg(spec: Spec, prefix: str) -> str:
    """An SVG of a specification to stand inside a page: scalable, themed by its style sheet, its ids its own."""
    import vl_convert

    svg = str(vl_convert.vegalite_to_svg(spec, vl_version=vegalite_version()))
    svg = re.sub(r' width="\d+" height="\d+"', "", svg, count=1)
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)
    svg = re.sub(r' aria-[a-z]+="[^"]*"| role="[^"]*"| pointer-events="none"', "", svg)
    svg = re.sub(r'<path class="(?:fore|back)ground"[^>]*/>', "", svg)
    return re.sub(r"(\d\.\d)\d+", r"\1", svg).replace("<svg ", '<svg aria-hidden="true" ', 1)


def vegalite_version() -> str:
    """The Vega-Lite that altair writes, as vl-convert names it: "6.4"."""
    import altair as alt

    return ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
