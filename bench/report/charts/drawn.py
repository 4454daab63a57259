"""Drawings that are made once: the files and the page show the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bench.report.charts import interactive
from bench.report.charts.model import Chart
from bench.report.side_by_side import map_processes

POINTS = 600
"""Points that a line has at most."""

_kept: dict[tuple[Chart, int, int], str] = {}


def svgs(charts: Sequence[Chart], points: int = POINTS, width: int = interactive.STATIC_WIDTH) -> list[str]:
    """Every chart as vl-convert draws it, to be themed by ``interactive.themed``; what this process has seen before is
    not drawn again."""
    fresh = [chart for chart in dict.fromkeys(charts) if (chart, points, width) not in _kept]
    keep(fresh, map_processes(partial(_draw, points, width), fresh), points, width)
    return [_kept[chart, points, width] for chart in charts]


def keep(
    charts: Sequence[Chart], drawings: Sequence[str], points: int = POINTS, width: int = interactive.STATIC_WIDTH
) -> None:
    """Remember drawings that were made elsewhere."""
    _kept.update({(chart, points, width): svg for chart, svg in zip(charts, drawings, strict=True)})


def _draw(points: int, width: int, chart: Chart) -> str:
    return interactive.drawn(interactive.specification(chart, points, width))
