"""Lines that lie on each other over a stretch: the later one is drawn there in dashes, between which the other shows.

A beginning of a longer line is such a stretch; lines that coincide from end to end are one (``coincident``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from bench.report.charts.model import Line, Panel, Stretch

HAIR = 0.006
"""Of the height of a panel: a stroke is about so wide."""
SHORTEST = 0.04
"""Of the width of a panel: where lines merely cross, both are seen."""
PLACES = 400

Heights = list[float]
"""Of a line at even places along the panel, as shares of its height; NaN where it is not."""
Piece = tuple[int, tuple[float, ...], tuple[float, ...]]
"""How many lines lie below a part of a line, and its x and y."""


def told_apart(panels: Sequence[Panel]) -> tuple[Panel, ...]:
    """Panels whose lines say over which stretches others lie below them. ``panels`` have one scale of y."""
    logs = [panel.log_y for panel in panels]
    values = [
        _on(y, log)
        for panel, log in zip(panels, logs, strict=True)
        for line in panel.lines
        for y in (*line.y, *line.low, *line.high)
    ]
    span = max(values, default=0.0) - min(values, default=0.0)
    return tuple(replace(panel, lines=_over(panel, span or 1.0)) for panel in panels)


def _on(value: float, log: bool) -> float:
    return math.log(value) if log else value


def _over(panel: Panel, span: float) -> tuple[Line, ...]:
    drawn = [n for n, line in enumerate(panel.lines) if line.style == "line" and not line.faint and _goes_on(line)]
    if len(drawn) < 2:
        return panel.lines
    ends = [_on(x, panel.log_x) for n in drawn for x in panel.lines[n].x]
    grid = _places(min(ends), max(ends))
    heights = {n: _heights(panel.lines[n], grid, panel, span) for n in drawn}
    lines = list(panel.lines)
    for at, n in enumerate(drawn):
        below = [_shared(heights[n], heights[m]) for m in drawn[:at]]
        stretches = _stretches(below, grid, panel.log_x)
        lines[n] = replace(lines[n], over=tuple(_to_ends(each, lines[n], grid, panel.log_x) for each in stretches))
    return tuple(lines)


def _to_ends(stretch: Stretch, line: Line, grid: Sequence[float], log: bool) -> Stretch:
    """A line that begins or ends between two places of the grid is shared from there, and not from the next one on."""

    def near(edge: float, end: float) -> float:
        return end if abs(_on(edge, log) - _on(end, log)) <= grid[1] - grid[0] else edge

    return replace(stretch, low=near(stretch.low, min(line.x)), high=near(stretch.high, max(line.x)))


def _goes_on(line: Line) -> bool:
    """Whether its x only rise or only fall: of others one cannot say what is at a place."""
    return len(line.x) > 1 and list(line.x) in (sorted(line.x), sorted(line.x, reverse=True))


def _places(low: float, high: float) -> list[float]:
    return [low + (high - low) * step / (PLACES - 1) for step in range(PLACES)]


def _heights(line: Line, grid: Sequence[float], panel: Panel, span: float) -> Heights:
    import numpy as np

    xs, ys = zip(*sorted(zip(line.x, line.y, strict=True)), strict=True)
    x, y = [_on(v, panel.log_x) for v in xs], [_on(v, panel.log_y) / span for v in ys]
    return [float(height) for height in np.interp(grid, x, y, left=math.nan, right=math.nan)]


def _shared(ours: Heights, theirs: Heights) -> list[bool]:
    """Where two lines cannot be told apart, over long stretches or over most of the shorter line."""
    near = [abs(a - b) < HAIR for a, b in zip(ours, theirs, strict=True)]
    both = sum(1 for a, b in zip(ours, theirs, strict=True) if not math.isnan(a - b))
    least = min(SHORTEST * PLACES, max(2.0, both / 2))
    kept: list[bool] = []
    for is_near, run in groupby(near):
        count = len(list(run))
        kept += [is_near and count >= least] * count
    return kept


def _stretches(below: Sequence[Sequence[bool]], grid: Sequence[float], log: bool) -> Iterator[Stretch]:
    depths = [sum(each) for each in zip(*below, strict=True)]
    at = 0
    for depth, run in groupby(depths):
        count = len(list(run))
        if depth:
            low, high = (math.exp(x) if log else x for x in (grid[at], grid[at + count - 1]))
            yield Stretch(low, high, depth)
        at += count


def pieces(line: Line, log_x: bool, log_y: bool) -> list[Piece]:
    """A line cut where others begin or end to lie below it."""
    import numpy as np

    if not line.over:
        return [(0, line.x, line.y)]
    xs, ys = zip(*sorted(zip(line.x, line.y, strict=True)), strict=True)
    cuts = [edge for stretch in line.over for edge in (stretch.low, stretch.high) if xs[0] < edge < xs[-1]]
    edges = [xs[0], *sorted(dict.fromkeys(cuts)), xs[-1]]
    along, up = [_on(x, log_x) for x in xs], [_on(y, log_y) for y in ys]
    found: list[Piece] = []
    for low, high in pairwise(edges):
        inner = [(x, y) for x, y in zip(xs, ys, strict=True) if low < x < high]
        outer = [float(np.interp(_on(edge, log_x), along, up)) for edge in (low, high)]
        first, last = (math.exp(y) if log_y else y for y in outer)
        middle = (low + high) / 2
        depth = max((s.depth for s in line.over if s.low <= middle <= s.high), default=0)
        found.append((depth, (low, *(x for x, _ in inner), high), (first, *(y for _, y in inner), last)))
    return found


def in_words(panels: Sequence[Panel]) -> str:
    """What two-coloured dashes mean, where there are any."""
    dashed = any(line.over for panel in panels for line in panel.lines)
    return "dashes of two colours: lines that lie on each other" if dashed else ""
