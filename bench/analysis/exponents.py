"""Local exponents of a sweep: between two neighbouring values time grows as ``value^k``.

``k = ln(t2 / t1) / ln(b2 / b1)``: 0 where a larger value costs nothing, 1 where time is proportional. The two times are
of different processes, so that their errors are independent: the interval is Welch's for the difference of two means of
logarithms (B. L. Welch, "The generalization of 'Student's' problem", Biometrika 34, 1947), divided by ``ln(b2 / b1)``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from bench.analysis import statistics

FEWEST = 2
"""Rounds of each value, for an interval."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two means with its interval; ``None`` where one of them has fewer than ``FEWEST`` values."""

    centre: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of ``count`` values, and the variance of that mean."""

    centre: float
    variance: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        # Not statistics.variance: it works in fractions, and takes a hundred times as long.
        centre, count = fmean(values), len(values)
        spread = math.fsum((value - centre) ** 2 for value in values)
        return cls(centre, spread / (count - 1) / count if count > 1 else 0.0, count)


def between(b: tuple[float, float], seconds: tuple[Sequence[float], Sequence[float]]) -> Difference | None:
    """The exponent from one value to the next, from the rounds' times of both; ``None`` where there is none: a value or
    a time that is not positive, or twice the same value."""
    (b1, b2), (first, second) = b, seconds
    if not (0 < b1 < b2 < math.inf) or not first or not second:
        return None
    if not all(0 < each < math.inf for each in (*first, *second)):
        return None
    step = math.log(b2 / b1)
    before, after = (Mean.of([math.log(each) for each in times]) for times in (first, second))
    change = difference(after, before)
    low, high = (None if end is None else end / step for end in (change.low, change.high))
    return Difference(change.centre / step, low, high)


def difference(ours: Mean, theirs: Mean, level: float = statistics.LEVEL) -> Difference:
    """The mean of ours less that of theirs, with Welch's interval."""
    centre, variance = ours.centre - theirs.centre, ours.variance + theirs.variance
    if min(ours.count, theirs.count) < FEWEST:
        return Difference(centre, None, None)
    if variance == 0:
        return Difference(centre, centre, centre)
    # Welch and Satterthwaite: how many values the sum of the two variances is as good as.
    freedom = variance**2 / sum(each.variance**2 / (each.count - 1) for each in (ours, theirs))
    half = statistics.t_quantile(freedom, level) * math.sqrt(variance)
    return Difference(centre, centre - half, centre + half)
