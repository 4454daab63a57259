"""Lines that lie on each other: one line is drawn for them, and what they differ by in a panel of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.report.charts.model import Line, Panel

HAIR = 0.005
"""Of the range of y: nearer lines cannot be told apart in a drawing."""


@dataclass(frozen=True, slots=True)
class Together:
    """Lines of a panel after those on each other became one, and the differences that are not zero."""

    lines: tuple[Line, ...]
    apart: tuple[Line, ...]


def together(lines: Sequence[Line], log: bool) -> Together:
    """Merge lines that are everywhere within a hair of the first of them; labels become "A = B"."""
    spread = _range(lines, log)
    groups: list[list[Line]] = []
    for line in lines:
        home = next((group for group in groups if _coincide(group[0], line, HAIR * spread, log)), None)
        if home is None:
            groups.append([line])
        else:
            home.append(line)
    merged = tuple(replace(group[0], label=" = ".join(line.label for line in group)) for group in groups)
    apart = [_difference(group[0], other) for group in groups for other in group[1:]]
    return Together(merged, tuple(line for line in apart if line is not None))


def _range(lines: Sequence[Line], log: bool) -> float:
    values = [_height(y, log) for line in lines for y in (*line.y, *line.low, *line.high)]
    return max(values, default=0.0) - min(values, default=0.0)


def _height(y: float, log: bool) -> float:
    return math.log(y) if log else y


def _coincide(one: Line, other: Line, hair: float, log: bool) -> bool:
    if not one.label or not other.label or one.label == other.label or one.style != "line" or other.style != "line":
        return False
    if len(one.x) < 2 or len(other.x) < 2 or (one.x[0], one.x[-1]) != (other.x[0], other.x[-1]):
        return False
    if one.low or other.low:
        # The bands of seeds are shown too, and have to lie on each other as well.
        same = one.x == other.x and len(one.low) == len(other.low)
        return same and all(
            abs(_height(a, log) - _height(b, log)) < hair or a == b
            for ours, theirs in ((one.y, other.y), (one.low, other.low), (one.high, other.high))
            for a, b in zip(ours, theirs, strict=True)
        )
    return _gap(one, other, log) < hair or (one.x, one.y) == (other.x, other.y)


def _gap(one: Line, other: Line, log: bool) -> float:
    """The largest distance of two lines, at every x of either: a line that was thinned has kept other ones."""
    import numpy as np

    x = np.union1d(one.x, other.x)
    heights = [np.interp(x, line.x, [_height(y, log) for y in line.y]) for line in (one, other)]
    return float(np.abs(heights[0] - heights[1]).max())


def _difference(one: Line, other: Line) -> Line | None:
    """Where both were kept; None where they are equal there."""
    ours = dict(zip(one.x, one.y, strict=True))
    common = [(x, ours[x] - y) for x, y in zip(other.x, other.y, strict=True) if x in ours]
    if len(common) < 2 or all(d == 0 for _, d in common):
        return None
    xs, ds = zip(*common, strict=True)
    return Line(label=f"{one.label} − {other.label}", x=xs, y=ds, hue=7, dashed=False)


def difference_panel(panel: Panel, apart: Sequence[Line]) -> Panel:
    """A low panel with the differences of lines that are drawn as one."""
    named = tuple(replace(line, label=line.label if len(apart) > 1 else "", hue=7 - i) for i, line in enumerate(apart))
    title = f"difference: {apart[0].label}" if len(apart) == 1 else "differences"
    return Panel(
        lines=named,
        title=f"{panel.title}, {title}" if panel.title else title,
        x_label=panel.x_label,
        log_x=panel.log_x,
        labels="end" if len(apart) > 1 else "none",
        share=0.4,
    )
