"""What chance alone may do: how many false alarms, how many misses.

Ratios of one case share their reference: a slow reference makes all of its copies look fast, and their alarms come
together. So alarms are counted by cases: given the reference's error, those of its copies are independent, and over the
reference's error (normal, as large as a copy's) their number is averaged. One ratio a case is the binomial
distribution.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb, sqrt
from statistics import NormalDist

CHANCE = 0.01
"""What chance does more rarely than this is not put down to it."""
POINTS = 400
"""Quantiles of the reference's error that its distribution is taken at."""
NORMAL = NormalDist()


def most_alarms(ratios: Sequence[int], level: float) -> int:
    """The number of alarms that is exceeded with a probability below ``CHANCE``, from so many ``ratios`` of each case
    that share a reference, each with the probability ``level`` of an alarm."""
    distribution = [1.0]
    for count in ratios:
        distribution = convolved(distribution, alarms_of_case(count, level))
    above = 1.0
    for alarms, probability in enumerate(distribution):
        above -= probability
        if above < CHANCE:
            return alarms
    return sum(ratios)


def fewest_found(tries: int, share: float) -> int:
    """The largest number for which it has a probability below ``CHANCE`` to find fewer, where ``share`` are found."""
    fewer, found = 0.0, 0
    for found, probability in enumerate(binomial(tries, share)):
        fewer += probability
        if fewer >= CHANCE:
            return found
    return found


def binomial(tries: int, share: float) -> list[float]:
    """The probabilities of 0, 1, … of so many tries."""
    return [comb(tries, k) * share**k * (1 - share) ** (tries - k) for k in range(tries + 1)]


@cache
def alarms_of_case(count: int, level: float) -> tuple[float, ...]:
    """The probabilities of 0, 1, … ``count`` alarms among the ratios to one reference."""
    bound = sqrt(2) * NORMAL.inv_cdf(1 - level / 2)
    errors = [NORMAL.inv_cdf((k + 0.5) / POINTS) for k in range(POINTS)]
    given = [binomial(count, NORMAL.cdf(error - bound) + NORMAL.cdf(-error - bound)) for error in errors]
    return tuple(sum(each[k] for each in given) / POINTS for k in range(count + 1))


def convolved(a: Sequence[float], b: Sequence[float]) -> list[float]:
    """The distribution of a sum."""
    total = [0.0] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            total[i + j] += x * y
    return total
