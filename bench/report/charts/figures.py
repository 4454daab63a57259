"""The plugin that draws every chart of a run as PNG and SVG, into ``figures/``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.hookspecs import hookimpl
from bench.model import Run
from bench.report.charts import interactive
from bench.report.charts.letters import wrapped
from bench.report.charts.model import Chart
from bench.report.charts.of_run import charts
from bench.report.charts.vega import Spec
from bench.report.side_by_side import map_processes

POINTS, SCALE = 600, 2.0


@hookimpl
def bench_report(run: Run, folder: Path) -> Sequence[Path]:
    """Write ``figures/<exercise>-<part>-<name>.png`` and ``.svg``; the same run gives the same bytes."""
    every = [chart for of_part in charts(run).values() for chart in of_part]
    return [path for paths in map_processes(partial(write, folder=folder / "figures"), every) for path in paths]


def write(chart: Chart, folder: Path) -> tuple[Path, Path]:
    """Write ``<slug>.png`` and ``<slug>.svg``, on white, under their title."""
    import vl_convert

    folder.mkdir(parents=True, exist_ok=True)
    png, svg = folder / f"{chart.slug}.png", folder / f"{chart.slug}.svg"
    text = interactive.drawn(entitled(chart))
    svg.write_text(text, encoding="utf-8")
    png.write_bytes(vl_convert.svg_to_png(text, scale=SCALE))
    return png, svg


def entitled(chart: Chart) -> Spec:
    """The specification that the page has, with the words that the page sets around it."""
    spec = interactive.specification(chart, POINTS)
    below = [*wrapped(chart.subtitle, 640), *wrapped(chart.note, 640)]
    title = {"text": list(wrapped(chart.title, 600, 14)), "subtitle": below, "anchor": "start", "fontSize": 14}
    return spec | {"background": "white", "title": title | {"offset": 10, "limit": 0}}
