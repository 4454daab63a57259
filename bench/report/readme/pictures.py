"""Pictures for a page on GitHub, each once for a light and once for a dark theme."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bench.errors import BenchError
from bench.model import Run
from bench.report.charts import figures, interactive
from bench.report.charts.model import Chart
from bench.report.charts.of_run import charts
from bench.results import store

WIDTH = 800
"""Pixels: a page on GitHub is a little wider."""
POINTS = 600
"""Points that a line has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours of a drawing: letters, axes, lines of the grid."""

    name: str
    ink: str
    soft: str
    grid: str


THEMES = (
    Theme(name="light", ink="#1d2125", soft="#5c646d", grid="#dedcd6"),
    Theme(name="dark", ink="#e4e3df", soft="#9aa3ad", grid="#3a4149"),
)


def files(folder: Path, name: str, ending: str) -> tuple[Path, ...]:
    """ "ex10-light.png" and "ex10-dark.png"."""
    return tuple(folder / f"{name}-{theme.name}.{ending}" for theme in THEMES)


def element(page: Path, pictures: Sequence[Path], words: str) -> str:
    """HTML that shows the light or the dark one, by the reader's theme; ``words`` are for who sees neither."""
    light, dark = (escape(Path(os.path.relpath(path, page.parent)).as_posix()) for path in pictures)
    return (
        f'<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="{dark}">\n'
        f'  <img alt="{escape(" ".join(words.split()))}" src="{light}">\n</picture>'
    )


def chart(run: Run, exercise: str, part: str, name: str) -> Chart:
    """A chart of a run by its name. Raises ``BenchError`` where the part has none of that name."""
    of_part = charts(run).get((exercise, part), ())
    found = next((each for each in of_part if each.name == name), None)
    if found is None:
        names = ", ".join(each.name for each in of_part) or "none"
        raise BenchError(f"{run.id} has no chart {name!r} of {exercise}.{part}; it has {names}")
    return found


def draw(chart: Chart, paths: Sequence[Path]) -> None:
    """Write a chart with the words around it, in each theme on a ground that lets the page through."""
    text = figures.entitled(chart, interactive.drawn(interactive.specification(chart, POINTS, WIDTH)))
    for theme, path in zip(THEMES, paths, strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        store.replace_file(path, themed(text, theme).encode())


def themed(svg: str, theme: Theme) -> str:
    """A drawing of black letters on white in the colours of a theme."""
    svg = svg.replace('fill="#fff"/>', 'fill="none"/>', 1)
    # Words around the drawing have no colour of their own.
    svg = svg.replace("<text x=", f'<text fill="{theme.ink}" x=')
    svg = re.sub(r'fill="(?:black|#000)"', f'fill="{theme.ink}"', svg)
    return svg.replace('stroke="#888"', f'stroke="{theme.soft}"').replace('stroke="#ddd"', f'stroke="{theme.grid}"')
