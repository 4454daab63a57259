"""Fewer points of a line, the same noise: for what is stored, and again for what is drawn."""

from __future__ import annotations

from collections.abc import Sequence


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
