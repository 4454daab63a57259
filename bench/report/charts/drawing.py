"""The pen for paper: matplotlib figures, the same bytes for the same run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.report.charts.model import Chart, DotChart, Line, LineChart, extent_x, extent_y, measured_x
from bench.report.charts.ticks import log_ticks

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GRID = "#1c1e21", "#d9dce0"
WIDTH, HEIGHT, DPI = 7.2, 4.0, 150
LONGEST = 36
"""Longer labels are cut, with an ellipsis."""

STYLE: Any = {
    # Without a salt of its own every drawing has other ids, and the same run other files.
    "svg.hashsalt": "bench",
    # Letters as outlines: no reader needs the font.
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}


def write(chart: Chart, folder: Path) -> tuple[Path, Path]:
    """Write ``<slug>.png`` and ``<slug>.svg``; neither holds a date or the version of a library."""
    import warnings

    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    folder.mkdir(parents=True, exist_ok=True)
    png, svg = folder / f"{chart.slug}.png", folder / f"{chart.slug}.svg"
    with rc_context(STYLE), warnings.catch_warnings():
        # A study may call its line by any letter; that the font lacks one is no reason to end a report.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = draw(chart)
        # Not ``savefig``: where there is a layout, it draws everything once more before it writes.
        FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})  # type: ignore[no-untyped-call]
        figure.set_layout_engine("none")  # the second drawing stays where the first one put things
        FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return png, svg


def draw(chart: Chart) -> Figure:
    """Draw a chart as a matplotlib figure on white."""
    from matplotlib.figure import Figure

    rows = len(chart.marks) if isinstance(chart, DotChart) else 0
    # Not pyplot: it keeps every figure of the process, and may look for a screen.
    figure = Figure(
        figsize=(WIDTH, 1.3 + 0.27 * rows if rows else HEIGHT), facecolor="white", layout="constrained", dpi=DPI
    )
    axes = figure.add_subplot()
    axes.set_title(plain(chart.title, 60))
    if isinstance(chart, DotChart):
        _draw_dots(axes, chart)
    else:
        _draw_lines(axes, chart)
    if chart.note:
        figure.supxlabel(plain(chart.note, 120), fontsize=7, color="#5b6067", x=0.99, ha="right")
    return figure


def plain(text: str, longest: int = LONGEST) -> str:
    """Text that matplotlib takes as it stands: no mathematics, no line breaks, not too long."""
    flat = " ".join(text.split())
    cut = flat if len(flat) <= longest else flat[: longest - 1] + "…"
    return cut.replace("\\", "\\\\").replace("$", r"\$") if "$" in cut else cut


def _draw_lines(axes: Axes, chart: LineChart) -> None:
    for line in chart.lines:
        _draw_line(axes, line, many=len(chart.lines))
    axes.set_xlabel(plain(chart.x_label, 48))
    axes.set_ylabel(plain(chart.y_label, 44))
    _set_scales(axes, chart)
    _draw_legend(axes, chart)


def _set_scales(axes: Axes, chart: LineChart) -> None:
    from matplotlib.ticker import MaxNLocator

    if chart.log_y:
        axes.set_yscale("log")
        _set_ticks(axes.yaxis, log_ticks(extent_y(chart)))
    if chart.log_x:
        axes.set_xscale("log")
        _set_ticks(axes.xaxis, measured_x(chart) or log_ticks(extent_x(chart)))
    elif measured_x(chart):
        _set_ticks(axes.xaxis, measured_x(chart))
    elif all(x.is_integer() for line in chart.lines for x in line.x):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _set_ticks(axis: Any, ticks: list[float]) -> None:
    """Numbers at these places and nowhere else."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axis.set_major_locator(FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(_tick))


def _tick(value: float, _position: object = None) -> str:
    """Plain numbers where they are short, powers of ten elsewhere."""
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:,.10g}"
    exponent = round(math.log10(abs(value))) if value else 0
    return rf"$10^{{{exponent}}}$" if value and math.isclose(value, 10.0**exponent) else f"{value:g}"


def _draw_line(axes: Axes, line: Line, many: int) -> None:
    dash = "--" if line.dashed else "-"
    if line.style == "points":
        below = [max(0.0, y - low) for y, low in zip(line.y, line.low, strict=True)]
        above = [max(0.0, high - y) for y, high in zip(line.y, line.high, strict=True)]
        face = "white" if line.dashed else line.colour
        axes.errorbar(line.x, line.y, (below, above), fmt="o", color=line.colour, mfc=face, ms=4.5, capsize=2.5, lw=1.1)
        return
    width = 1.0 if line.style == "law" else 1.5 if len(line.x) < 200 else 1.0
    dots = "o" if line.style == "line" and len(line.x) <= 20 else None
    axes.plot(line.x, line.y, dash, color=line.colour, lw=width, marker=dots, ms=3, alpha=0.9 if many > 1 else 1)
    if line.low:
        axes.fill_between(line.x, line.low, line.high, color=line.colour, alpha=0.18, lw=0)


def _draw_legend(axes: Axes, chart: LineChart) -> None:
    """One entry a label, right of the data."""
    from matplotlib.lines import Line2D

    entries = {line.label: line for line in reversed(chart.lines) if line.label}  # points before their law
    if not entries:
        return
    handles = [
        Line2D(
            [],
            [],
            color=line.colour,
            ls="none" if line.style == "points" else "--" if line.dashed else "-",
            marker="o" if line.style == "points" else "",
            mfc="white" if line.dashed else line.colour,
            ms=5,
        )
        for line in reversed(entries.values())
    ]
    labels = [" " + plain(label) for label in reversed(entries)]
    axes.figure.legend(handles, labels, loc="outside right center", fontsize=8)


def _draw_dots(axes: Axes, chart: DotChart) -> None:
    for row, mark in enumerate(chart.marks):
        interval = ([max(0.0, mark.value - mark.low)], [max(0.0, mark.high - mark.value)])
        face = "white" if mark.hollow else mark.colour
        axes.errorbar(mark.value, row, xerr=interval, fmt="o", color=mark.colour, mfc=face, ms=6, capsize=3, lw=1.4)
    axes.set_yticks(range(len(chart.marks)), [plain(mark.label) for mark in chart.marks])
    axes.set_ylim(len(chart.marks) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(plain(chart.x_label, 70))
    if chart.log:
        axes.set_xscale("log")
        _set_ticks(axes.xaxis, log_ticks(extent_x(chart)))
    else:
        axes.set_xlim(left=0)
