"""Fewer points of a line, the same noise: for what is stored, and again for what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from math import isfinite
from statistics import fmean, quantiles

STRETCHES, LEAST = 24, 8
"""At most so many stretches of at least so many points: a tenth of fewer says nothing."""


def minmax_indices(y: Sequence[float], most: int) -> list[int]:
    """Indices of at most ``most`` points (at least 4): the first, the last, and each stretch's extremes."""
    if len(y) <= most:
        return list(range(len(y)))
    # Two points a stretch, and two for the ends. Every n-th point instead would leave out the spikes.
    stretches = most // 2 - 1
    indices = {0, len(y) - 1}
    for number in range(stretches):
        stretch = range(number * len(y) // stretches, (number + 1) * len(y) // stretches)
        indices |= {min(stretch, key=y.__getitem__), max(stretch, key=y.__getitem__)}
    return sorted(indices)


def stretches(x: Sequence[float], y: Sequence[float]) -> tuple[tuple[float, ...], ...] | None:
    """Of up to 24 stretches of equally many points the mean of x, the mean of y, and its first and last decile;
    ``None`` for fewer than 16 points, and where one of these is more than a float holds."""
    count = min(STRETCHES, len(y) // LEAST)
    if count < 2:
        return None
    edges = [number * len(y) // count for number in range(count + 1)]
    rows = []
    try:
        for start, stop in pairwise(edges):
            deciles = quantiles(y[start:stop], n=10, method="inclusive")
            rows.append((fmean(x[start:stop]), fmean(y[start:stop]), deciles[0], deciles[-1]))
    except OverflowError:  # of a sum; a difference becomes infinite instead
        return None
    return tuple(zip(*rows, strict=True)) if all(map(isfinite, chain(*rows))) else None
