"""A chart as files: SVG, and PNG, on white, with the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from bench.report.charts import engine, interactive
from bench.report.charts.letters import wrapped
from bench.report.charts.model import Chart
from bench.results import store

FOLDER = "figures"
SCALE, MARGIN = 1.25, 10
SIZES = {"title": (15, 20), "subtitle": (11, 15), "note": (10, 14)}
"""Pixels: the letters of what stands around a drawing, and from one of its lines to the next."""


def write(chart: Chart, bare: str, folder: Path, *, png: bool) -> tuple[Path, ...]:
    """Write ``<slug>.svg``, and ``<slug>.png`` on demand, around a drawing as ``interactive.drawn`` gives it; the same
    chart gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    svg, picture = folder / f"{chart.slug}.svg", folder / f"{chart.slug}.png"
    text = entitled(chart, bare)
    store.replace_file(svg, text.encode(errors="replace"), sync=False)
    if not png:
        return (svg,)
    store.replace_file(picture, engine.png(text, SCALE), sync=False)
    return (picture, svg)


def entitled(chart: Chart, bare: str) -> str:
    """A drawing on white, below its title and above its note."""
    found = re.search(r'width="([\d.]+)" height="([\d.]+)"', bare)
    wide, high = (float(found[1]), float(found[2])) if found else (float(interactive.STATIC_WIDTH), 0.0)
    total = max(wide, interactive.STATIC_WIDTH) + 2 * MARGIN
    above, top = _words({"title": chart.title, "subtitle": chart.subtitle}, total, MARGIN)
    below, bottom = _words({"note": chart.note}, total, top + 8 + high)
    size = f'width="{total:.0f}" height="{bottom + MARGIN:.0f}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {size}'
        f' viewBox="0 0 {total:.0f} {bottom + MARGIN:.0f}"><rect width="100%" height="100%" fill="#fff"/>{above}'
        f'<g transform="translate({MARGIN},{top + 8:.0f})">{bare}</g>{below}</svg>\n'
    )


def _words(words: dict[str, str], total: float, top: float) -> tuple[str, float]:
    """Lines of text from ``top`` on, and where they end."""
    lines = list(_lines(words, total))
    texts = []
    for kind, line in lines:
        size, step = SIZES[kind]
        weight = ' font-weight="bold"' if kind == "title" else ""
        place = f'x="{MARGIN}" y="{top + step:.0f}" font-family="sans-serif" font-size="{size}"{weight}'
        top += step
        texts.append(f"<text {place}>{escape(line)}</text>")
    return "".join(texts), top


def _lines(words: dict[str, str], total: float) -> Iterator[tuple[str, str]]:
    for kind, text in words.items():
        size = SIZES[kind][0] * (1.12 if kind == "title" else 1.0)
        yield from ((kind, line) for line in wrapped(text, total - 2 * MARGIN, size))
