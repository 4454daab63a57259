"""Matrices as Vega-Lite: a square a cell, zero in the middle of the colours."""

from __future__ import annotations

from bench.report.charts import vega
from bench.report.charts.letters import width
from bench.report.charts.model import BLUE, RED, HeatChart
from bench.report.charts.scales import short
from bench.report.charts.vega import Spec

MIDDLE = "#B9B4AC"
LARGEST, LEAST, SPACE = 26.0, 3.0, 18


def draw(chart: HeatChart, total: int) -> tuple[list[Spec], list[Spec], int]:
    """One view a matrix, side by side where there is room; the legend stands below."""
    columns = min(len(chart.grids), 3 if total >= 500 else 1)
    cell = (total - SPACE * (columns - 1) - 30) / columns
    largest = max((abs(v) for grid in chart.grids for row in grid.values for v in row), default=0.0) or 1.0
    views, rows = [], []
    for number, grid in enumerate(chart.grids):
        height, across = len(grid.values), max(map(len, grid.values), default=1)
        size = max(LEAST, min(LARGEST, (cell - 24) / across, 260 / height))
        room = max(size * across, min(cell, max((width(word, 12) for word in grid.title.split()), default=40.0)))
        views.append(_view(number, (size * across, size * height), vega.heading(grid.title, "", room), largest))
        rows += [
            {"p": number, "i": i, "j": j, "v": short(value)}
            for i, row in enumerate(grid.values)
            for j, value in enumerate(row)
        ]
    return views, rows, columns


def _view(number: int, size: tuple[float, float], title: Spec | None, largest: float) -> Spec:
    legend = {
        "orient": "bottom",
        "title": None,
        "gradientLength": 180,
        "labelLimit": 0,
        "format": ".2~g",
        "tickCount": 3,
    }
    scale = {"domain": [-largest, 0, largest], "range": [BLUE, MIDDLE, RED], "type": "linear"}
    axis = {"labels": False, "ticks": False, "domain": False}
    cell = {
        "mark": {"type": "rect"},
        "encoding": {
            "x": {"field": "j", "type": "ordinal", "title": None, "axis": axis},
            "y": {"field": "i", "type": "ordinal", "title": None, "axis": axis},
            "color": {"field": "v", "type": "quantitative", "scale": scale, "legend": legend},
            "tooltip": [
                {"field": "i", "type": "quantitative", "title": "row"},
                {"field": "j", "type": "quantitative", "title": "column"},
                {"field": "v", "type": "quantitative", "format": ".4~g", "title": "value"},
            ],
        },
    }
    return vega.view(number, *size, [cell], title)
