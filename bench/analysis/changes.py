"""Where a sequence of measurements changed its level: change points, found after the fact.

The exact segmentation of least cost by PELT (Killick, Fearnhead and Eckley, JASA 107(500), 2012), as ``ruptures`` has
it, on logarithms in units of their noise. The cost of a segment is the sum of distances to its median, which a single
slow run moves little: of 1,000 series of 30 points without a change, but with outliers in 5 % of them, none gave an
alarm, and with squares 41 % did. A change has to save ``PENALTY · ln n``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.errors import Missing
from bench.model.history import Quantity

if TYPE_CHECKING:
    import numpy as np

PENALTY = 3.0
SHORTEST = 2
"""Points of a level, at least: one slow run is no change."""
FEWEST = 10
"""Points below which nothing is said. Of 1,000 series of so many points without a change 1.4 % gave an alarm."""
RECENT, STRETCHES = 100, 100
"""The newest points are looked at one by one; of all older ones together, so many medians of stretches, for the time
that it takes grows with the square of their number."""
LEAST: dict[Quantity, float] = {"time": 0.001, "memory": 0.01}
"""Noise below this counts as this: where most values are alike, a page of memory more is no change."""
SIGMA = 1.4826 / math.sqrt(2)
"""From the median absolute deviation of differences to the standard deviation of the values, where both are normal."""


@dataclass(frozen=True, slots=True)
class Level:
    """Points ``start`` to ``stop`` (not included) around ``value``, their median."""

    start: int
    stop: int
    value: float


def levels(values: Sequence[float], quantity: Quantity = "time") -> tuple[Level, ...]:
    """The levels of positive values, the oldest first; one level where there are fewer than ``FEWEST``.

    Raises ``Missing`` where ruptures is not installed.
    """
    ends = [0, *change_points(values, LEAST[quantity]), len(values)]
    return tuple(Level(start, stop, median(values[start:stop])) for start, stop in pairwise(ends) if stop > start)


def change_points(values: Sequence[float], least: float = LEAST["time"]) -> list[int]:
    """Where a new level begins. ``least`` is the smallest noise that is believed, of logarithms."""
    if len(values) < FEWEST:
        return []
    logs = [math.log(value) for value in values]
    scale = max(noise(logs), least)
    starts = _starts(len(logs))
    # In units of the noise of single points: medians of stretches have less, and are the last to give an alarm.
    signal = [median(logs[start:stop]) / scale for start, stop in pairwise([*starts, len(logs)])]
    found = [starts[at] for at in _segmented(signal)]
    return _refined(logs, found, starts) if len(starts) < len(logs) else found


def _starts(count: int) -> list[int]:
    """Where the stretches begin; that of a new point is the point."""
    old = max(0, count - RECENT)
    stretches = min(old, STRETCHES)
    return [number * old // stretches for number in range(stretches)] + list(range(old, count))


def _refined(logs: Sequence[float], found: Sequence[int], starts: Sequence[int]) -> list[int]:
    """Each at the point within the stretches around it where both sides are nearest to their medians."""
    places = {start: number for number, start in enumerate(starts)}
    ends = [0, *found, len(logs)]
    refined = []
    for before, at, after in zip(ends, ends[1:], ends[2:], strict=False):
        low, high = (starts[min(len(starts) - 1, places[at] + step)] for step in (-1, 1))
        candidates = range(max(low, before) + 1, max(high, at + 1))
        refined.append(min(candidates, key=lambda split: _spread(logs[before:split]) + _spread(logs[split:after])))
    return refined


def _spread(values: Sequence[float]) -> float:
    """The sum of distances to the median."""
    ordered, half = sorted(values), len(values) // 2
    return sum(ordered[len(ordered) - half :]) - sum(ordered[:half])


def noise(logs: Sequence[float]) -> float:
    """The standard deviation of logarithms from run to run. Differences of neighbours know nothing of levels, and their
    median absolute deviation (from their median) little of outliers."""
    steps = [after - before for before, after in pairwise(logs)]
    middle = median(steps)
    return SIGMA * median(abs(step - middle) for step in steps)


def _segmented(signal: Sequence[float]) -> list[int]:
    import numpy as np

    ruptures = _ruptures()
    search = ruptures.Pelt(custom_cost=_cost()(), min_size=SHORTEST, jump=1)
    ends = search.fit(np.asarray(signal).reshape(-1, 1)).predict(pen=PENALTY * math.log(len(signal)))
    return [int(end) for end in ends[:-1]]


def _ruptures() -> Any:
    # It brings scipy.stats: two seconds, so it is imported when there is something to look at.
    try:
        import ruptures
    except ImportError as error:
        raise Missing('`bench trend` needs ruptures: pip install "dl-exercise-bench[trend]"') from error
    return ruptures


@cache
def _cost() -> Any:
    """The cost "l1" of ruptures, with the same values. Series of 100 points take a twelfth of the time or less, for a
    sort is faster than numpy's median."""
    from ruptures.base import BaseCost

    class Distances(BaseCost):  # type: ignore[misc]  # ruptures has no types
        model, min_size = "l1", SHORTEST

        def fit(self, signal: np.ndarray[Any, Any]) -> Distances:
            self.signal, self.values = signal, signal[:, 0].tolist()
            return self

        def error(self, start: int, end: int) -> float:
            return _spread(self.values[start:end])

    return Distances
