"""What a chart shows, before any library draws it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7F7F7F")
"""Told apart by colour-blind readers, and legible on white and on near-black: six of Okabe and Ito's eight colours
("Color universal design", 2008); their black and their yellow each vanish on one of the two grounds, so brown and grey
stand in."""

NAMED = 10
"""So many measured values can stand on an axis by themselves."""

Style = Literal["line", "points", "law"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, or a row of points with intervals, or the law drawn through them.

    ``hue`` counts colours; lines of one hue belong together. ``dashed`` marks the second device, and lines past the
    end of the palette.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    style: Style = "line"
    hue: int = 0
    dashed: bool = False

    @property
    def colour(self) -> str:
        return PALETTE[self.hue % len(PALETTE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Lines over a common x axis."""

    slug: str
    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]
    log_x: bool = False
    log_y: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One row of a dot chart: a value with its interval."""

    label: str
    value: float
    low: float
    high: float
    hue: int = 0
    hollow: bool = False

    @property
    def colour(self) -> str:
        return PALETTE[self.hue % len(PALETTE)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DotChart:
    """Values with intervals, one row each, along a common axis."""

    slug: str
    title: str
    x_label: str
    marks: tuple[Mark, ...]
    log: bool = False
    note: str = ""


Chart = LineChart | DotChart


def extent_x(chart: Chart) -> list[float]:
    """Every x that a chart shows, ends of intervals included."""
    if isinstance(chart, DotChart):
        return [x for mark in chart.marks for x in (mark.value, mark.low, mark.high)]
    return [x for line in chart.lines for x in line.x]


def extent_y(chart: LineChart) -> list[float]:
    """Every y that a chart of lines shows, bands and ends of intervals included."""
    return [y for line in chart.lines for y in (*line.y, *line.low, *line.high)]


def measured_x(chart: LineChart) -> list[float]:
    """The single values of x that were measured; empty where they are too many to name."""
    values = sorted({x for line in chart.lines if line.style == "points" for x in line.x})
    return values if len(values) <= NAMED else []


def slug(*words: str) -> str:
    """A file name of plain letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", " ".join(words).lower()).strip("-")[:80].rstrip("-") or "chart"


def distinct(charts: tuple[Chart, ...]) -> tuple[Chart, ...]:
    """The same charts with slugs that no other has."""
    counts: dict[str, int] = {}
    named = []
    for chart in charts:
        counts[chart.slug] = count = counts.get(chart.slug, 0) + 1
        named.append(chart if count == 1 else replace(chart, slug=f"{chart.slug}-{count}"))
    return tuple(named)


def spans_decade(values: list[float]) -> bool:
    """Whether positive values differ by more than a factor of ten, so that a linear axis would hide the small ones."""
    return bool(values) and min(values) > 0 and max(values) > 10 * min(values)
