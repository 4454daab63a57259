"""A line of blocks: how a number went, on a logarithmic scale of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH = 32
LEAST = 1.1
"""A scale spans this factor at least: noise of a few percent should look flat."""


def sparkline(values: Sequence[float], width: int = WIDTH) -> str:
    """One block a value; of more than ``width`` positive values, one for the median of each stretch."""
    logs = [math.log(value) for value in thinned(values, width)]
    if not logs:
        return ""
    middle = (max(logs) + min(logs)) / 2
    reach = max(max(logs) - min(logs), math.log(LEAST))
    return "".join(BLOCKS[_step((log - middle) / reach + 0.5)] for log in logs)


def _step(share: float) -> int:
    return min(len(BLOCKS) - 1, max(0, int(share * len(BLOCKS))))


def thinned(values: Sequence[float], most: int) -> list[float]:
    """At most so many: medians of stretches of nearly the same length."""
    if len(values) <= most:
        return list(values)
    ends = [round(number * len(values) / most) for number in range(most + 1)]
    return [median(values[start:stop]) for start, stop in pairwise(ends)]
