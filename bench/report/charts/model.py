"""What a chart shows, before anything is drawn: panels of lines, rows of values, or a grid of colours."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal, TypeVar

PALETTE = ("#0072B2", "#C85200", "#008A63", "#B65C90", "#8C6D31", "#2F86B7", "#A85830", "#7A7A7A")
"""Told apart by colour-blind readers, and at least 3 : 1 on white and on near-black: Okabe and Ito's colours ("Color
universal design", 2008), the light ones darkened; their black and their yellow each vanish on one of the two grounds,
so brown and grey stand in."""
BLUE, RED, GREEN, BROWN, GREY = PALETTE[0], PALETTE[1], PALETTE[2], PALETTE[4], PALETTE[7]

LONGEST = 80
"""Letters of a file's name, before its hash."""

Style = Literal["line", "points", "law"]
Labels = Literal["end", "beside", "none"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``low`` to ``high`` of x, where ``depth`` other lines lie below a line."""

    low: float
    high: float
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, or a row of points with intervals, or the law drawn through them.

    ``hue`` counts colours; lines of one hue belong together. ``dashed`` marks the second device and differences, and
    ``faint`` what stands behind for comparison. ``raw_x`` and ``raw_y`` are single values, shown on demand. ``over``
    are the stretches where it would hide others.
    """

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    style: Style = "line"
    hue: int = 0
    dashed: bool = False
    faint: bool = False
    raw_x: tuple[float, ...] = ()
    raw_y: tuple[float, ...] = ()
    over: tuple[Stretch, ...] = ()

    @property
    def colour(self) -> str:
        return GREY if self.faint else PALETTE[self.hue % len(PALETTE)]


@dataclass(frozen=True, slots=True)
class Sign:
    """A single place of a panel that means something, such as a knee; or a level of y where ``x`` is None."""

    label: str
    x: float | None
    y: float
    hue: int = 7


@dataclass(frozen=True, slots=True)
class Caption:
    """Words at a line, near the first of its places where they meet nothing."""

    text: str
    places: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Lines over a common x axis. ``zero``: amounts, read from zero; ``share`` of the usual height; ``round_x``: the
    axis has round numbers, whatever was measured."""

    lines: tuple[Line, ...]
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    log_x: bool = False
    log_y: bool = False
    zero: bool = False
    signs: tuple[Sign, ...] = ()
    captions: tuple[Caption, ...] = ()
    labels: Labels = "end"
    share: float = 1.0
    round_x: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What every chart says of itself: ``name`` is what an answer calls it by, ``names`` all of them where it has
    more than one; ``title`` the finding, ``subtitle`` its subject and how to read it, ``note`` what is missing;
    ``place`` where it was measured, of a part that was on several."""

    slug: str
    name: str
    title: str
    subtitle: str = ""
    note: str = ""
    names: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelChart(Heading):
    """Panels side by side. Those that share an axis are drawn on one scale."""

    panels: tuple[Panel, ...]
    shared_x: bool = False
    shared_y: bool = False
    stacked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A value with its interval in the row of its label; ``text`` stands beside it."""

    label: str
    value: float
    low: float
    high: float
    colour: str = BLUE
    hollow: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of rows: a value of what is swept."""

    title: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChart(Heading):
    """Values with intervals, one row a label, on a common axis; ``line`` is where nothing differs."""

    columns: tuple[Column, ...]
    x_label: str
    log: bool = False
    line: float | None = None

    @property
    def rows(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mark.label for column in self.columns for mark in column.marks))


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix under its name."""

    title: str
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatChart(Heading):
    """Matrices as colours, zero in the middle, all on one scale."""

    grids: tuple[Grid, ...]


Chart = PanelChart | RowChart | HeatChart
C = TypeVar("C", bound=Heading)


def called(chart: Chart) -> tuple[str, ...]:
    """Every name that an answer may call a chart by."""
    return chart.names or (chart.name,)


def rows_csv(chart: Chart) -> str:
    """The shown data as CSV under a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(_safe(row) for row in _rows(chart))
    return text.getvalue()


def _safe(row: tuple[object, ...]) -> tuple[object, ...]:
    # A spreadsheet takes a text that starts so for a formula, and any text here may come from a file of others.
    return tuple(f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell for cell in row)


def _rows(chart: Chart) -> Iterator[tuple[object, ...]]:
    if isinstance(chart, RowChart):
        yield ("column", "row", chart.x_label, "low", "high")
        yield from ((c.title, m.label, m.value, m.low, m.high) for c in chart.columns for m in c.marks)
    elif isinstance(chart, HeatChart):
        yield ("tensor", "row", "column", "value")
        for grid in chart.grids:
            yield from ((grid.title, i, j, v) for i, row in enumerate(grid.values) for j, v in enumerate(row))
    else:
        yield ("panel", "line", "style", "x", "y", "low", "high")
        for panel in chart.panels:
            for line in panel.lines:
                yield from _line_rows(panel, line)


def _line_rows(panel: Panel, line: Line) -> Iterator[tuple[object, ...]]:
    style = "faint" if line.faint else line.style
    for i, (x, y) in enumerate(zip(line.x, line.y, strict=True)):
        bounds = (line.low[i], line.high[i]) if line.low else ("", "")
        yield (panel.title or panel.y_label, line.label, style, x, y, *bounds)
    yield from (
        (panel.title or panel.y_label, line.label, "single value", x, y, "", "")
        for x, y in zip(line.raw_x, line.raw_y, strict=True)
    )


def slug(*words: str) -> str:
    """A file name of plain letters, digits and dashes; with a hash where letters of others, or an end, are lost."""
    text = " ".join(words)
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    lost = len(plain) > LONGEST or any(c.isalpha() and not c.isascii() for c in text)
    digest = f"-{sha256(text.encode(errors='surrogatepass')).hexdigest()[:6]}" if lost else ""
    return (plain[:LONGEST].rstrip("-") or "chart") + digest


def distinct(charts: tuple[C, ...]) -> tuple[C, ...]:
    """The same charts with slugs that no other has."""
    counts: dict[str, int] = {}
    own = {chart.slug for chart in charts}
    named = []
    for chart in charts:
        counts[chart.slug] = count = counts.get(chart.slug, 0) + 1
        # "loss" twice beside a chart that is called "loss 2" by itself
        while count > 1 and f"{chart.slug}-{count}" in own:
            counts[chart.slug] = count = count + 1
        named.append(chart if count == 1 else replace(chart, slug=f"{chart.slug}-{count}"))
    return tuple(named)


def spans_decade(values: list[float]) -> bool:
    """Whether positive values differ by more than a factor of ten, so that a linear axis would hide the small ones."""
    return bool(values) and min(values) > 0 and max(values) > 10 * min(values)
