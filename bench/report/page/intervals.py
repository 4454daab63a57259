"""A ratio with its interval as a small drawing on a logarithmic axis, to stand inside a row of a table."""

from __future__ import annotations

from collections.abc import Iterable
from math import exp, isfinite, log

from bench.analysis.statistics import Ratio

WIDTH, HEIGHT, MARGIN = 132.0, 12.0, 5.0
LEAST, MOST = log(1.5), log(50.0)
"""How far from 1 an axis reaches at least and at most."""


def reach(ratios: Iterable[Ratio | None]) -> float:
    """The logarithm at which the common axis of several ratios ends, on both sides of 1; intervals that are too wide
    for a verdict do not widen it."""
    ends = [abs(log(ratio.centre)) for ratio in ratios if ratio and ratio.centre > 0 and isfinite(ratio.centre)]
    return min(MOST, max([LEAST, *(1.15 * end for end in ends)]))


def drawing(ratio: Ratio | None, axis: float) -> str:
    """An SVG of the interval with a line at 1; empty where there is no positive ratio. Its colour is that of the text
    around it."""
    if ratio is None or not ratio.centre > 0 or not isfinite(ratio.centre):
        return ""
    low, high = ratio.low or ratio.centre, ratio.high or ratio.centre
    one, middle = _at(1.0, axis), HEIGHT / 2
    bar = f'<line x1="{_at(low, axis)}" x2="{_at(high, axis)}" y1="{middle}" y2="{middle}" class="bar"/>'
    return (
        f'<svg class="interval" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true">'
        f'<line x1="{one}" x2="{one}" y1="0" y2="{HEIGHT:g}" class="one"/>{bar}'
        f'<circle cx="{_at(ratio.centre, axis)}" cy="{middle}" r="3.5"/></svg>'
    )


def _at(value: float, axis: float) -> float:
    """Where a ratio stands; what lies beyond the axis stands at its end."""
    place = max(-axis, min(axis, log(max(value, exp(-2 * MOST)))))
    return round(WIDTH / 2 + place / axis * (WIDTH / 2 - MARGIN), 1)
