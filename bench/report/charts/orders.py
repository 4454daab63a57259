"""What lines over something swept show, in one line: which lies below which, and where the extremes are.

All that is drawn is ranked, single points too; where that cannot be, nothing is said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from bench.analysis import quantities
from bench.report.charts.model import Line

SWEPT = 24
"""A line of more points is a profile, of whose single places nothing is said."""
HAIR = 0.005
"""Of the range of y: what is nearer lies on each other."""
COMMON = 0.8
"""Of the axis: over so much of it lines are there at once, if they are compared."""
DISTANCE = re.compile(r"minus|difference|−|\bgap\b|\bdeviation\b|\bbias\b", re.IGNORECASE)
"""Labels of numbers that are read by how far they are from zero."""


def along(lines: Sequence[Line], axis: str, measure: str = "", *, log: bool = False) -> str:
    """ "A lies below B everywhere", "lowest of all: A, 0.4 at rate 0.1"; nothing where nothing holds in general.

    ``axis`` and ``measure`` are the names of x and y; ``log``: whether y is drawn on a logarithmic axis.
    """
    drawn = [_rising(line) for line in lines if line.x]
    if not drawn or any(not line.x for line in drawn):
        return ""
    axis = f"{axis.partition(',')[0]} ="
    if DISTANCE.search(measure) and any(y < 0 for line in drawn for y in line.y):
        return _distances(drawn, axis)
    if len(drawn) == 1:
        name = f"{drawn[0].label}: " if drawn[0].label else ""
        return name + _course(drawn[0], axis) if len(drawn[0].x) > 1 else ""
    return _ranked(drawn, axis, log) or _extreme(drawn, axis)


def _rising(line: Line) -> Line:
    """The same from left to right; without points where it turns back."""
    pairs = list(_points(line))
    if line.x[0] > line.x[-1]:
        pairs.reverse()
    if any(b <= a for (a, _), (b, _) in pairwise(pairs)):
        return replace(line, x=(), y=(), low=(), high=())
    xs, ys = zip(*pairs, strict=True)
    return replace(line, x=xs, y=ys, low=(), high=())


def _points(line: Line) -> Iterator[tuple[float, float]]:
    return zip(line.x, line.y, strict=True)


def _distances(lines: Sequence[Line], axis: str) -> str:
    if any(line.faint for line in lines):
        return ""
    far = {line.label: max(_points(line), key=lambda point: abs(point[1])) for line in lines}
    most, least = max(far, key=lambda name: abs(far[name][1])), min(far, key=lambda name: abs(far[name][1]))
    where = f"{quantities.number(far[most][1], 2)} at {axis} {quantities.number(far[most][0], 2)}"
    if len(lines) == 1:
        return f"furthest from zero: {where}"
    return f"furthest from zero: {most}, {where}; nearest: {least}, within {quantities.number(abs(far[least][1]), 2)}"


def _course(line: Line, axis: str) -> str:
    first, last = quantities.told_apart((line.y[0], line.y[-1]))
    steps = [b - a for a, b in pairwise(line.y)]
    if all(step == 0 for step in steps):
        return f"stays at {first}"
    if all(step >= 0 for step in steps) or all(step <= 0 for step in steps):
        return f"{'rises' if line.y[-1] > line.y[0] else 'falls'} from {first} to {last}"
    low, high = min(line.y), max(line.y)
    below, above = min(line.y[0], line.y[-1]) - low, high - max(line.y[0], line.y[-1])
    word, value = ("lowest", low) if below >= above else ("highest", high)
    at = line.x[line.y.index(value)]
    return f"{word} at {axis} {quantities.number(at, 3)}, with {quantities.number(value, 2)}"


def _ranked(lines: Sequence[Line], axis: str, log: bool) -> str:
    import numpy as np

    # Of many the faint ones have no name to be told by, and a single point is no line that lies anywhere.
    if any(line.faint or len(line.x) < 2 for line in lines):
        return ""
    left, right = max(line.x[0] for line in lines), min(line.x[-1] for line in lines)
    reach = max(line.x[-1] for line in lines) - min(line.x[0] for line in lines)
    if right - left < COMMON * reach:
        return ""
    places = sorted({x for line in lines for x in line.x if left <= x <= right})
    heights = np.array([np.interp(places, line.x, np.log(line.y) if log else line.y) for line in lines])
    hair = HAIR * float(np.ptp(heights))
    names = [line.label for line in lines]
    if len(set(names)) < len(names) or (heights == heights[0]).all():
        return ""
    if len(lines) == 2:
        return _pair(names, [float(h) if abs(h) > hair else 0.0 for h in heights[0] - heights[1]], places, axis)
    low = next((n for n, own in zip(names, heights, strict=True) if (own <= heights).all()), "")
    high = next((n for n, own in zip(names, heights, strict=True) if (own >= heights).all()), "")
    if low and high:
        return f"{low} is lowest everywhere, {high} highest"
    return f"{low} is lowest everywhere" if low else f"{high} is highest everywhere" if high else ""


def _pair(names: Sequence[str], gaps: Sequence[float], places: Sequence[float], axis: str) -> str:
    one, other = names
    if not any(gaps):
        return ""
    if all(gap <= 0 for gap in gaps) or all(gap >= 0 for gap in gaps):
        low, high = (one, other) if min(gaps) < 0 else (other, one)
        return f"{low} lies below {high} everywhere" if all(gaps) else f"{low} lies below {high} or on it everywhere"
    told = [(x, math.copysign(1, gap)) for x, gap in zip(places, gaps, strict=True) if gap]
    turns = [(a, b) for (a, side), (b, later) in pairwise(told) if side != later]
    if len(turns) != 1:
        return ""
    low, high = (one, other) if told[0][1] < 0 else (other, one)
    before, after = quantities.told_apart(turns[0])
    return f"{low} lies below {high} up to {axis} {before}, and above from {after} on"


def _extreme(lines: Sequence[Line], axis: str) -> str:
    if max(len(line.x) for line in lines) > SWEPT:
        return ""
    value, at, faint, name = min((y, x, line.faint, line.label) for line in lines for x, y in _points(line))
    if faint or sum(line.y.count(value) for line in lines) > 1:
        return ""
    return f"lowest of all: {name}, {quantities.number(value, 2)} at {axis} {quantities.number(at, 3)}"
