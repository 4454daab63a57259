"""The plugin that draws every chart of a run as PNG and SVG, into ``figures/``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from bench.hookspecs import hookimpl
from bench.model import Run


@hookimpl
def bench_report(run: Run, folder: Path) -> Sequence[Path]:
    """Write ``figures/<exercise>-<part>-<name>.png`` and ``.svg``; the same run gives the same bytes."""
    from bench.report.charts.drawing import write
    from bench.report.charts.of_run import charts
    from bench.report.side_by_side import map_processes

    every = [chart for of_part in charts(run).values() for chart in of_part]
    return [path for paths in map_processes(partial(write, folder=folder / "figures"), every) for path in paths]
