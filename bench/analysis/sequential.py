"""When to stop measuring pairs: an interval that may be looked at after every one of them.

A fixed 95 % interval that is looked at after each pair leaves the truth out far more often than in 5 of 100 times. Here
the interval is a confidence sequence: the chance that it *ever* leaves the truth out is at most alpha, wherever one
stops and why. It is that of the t statistic of the logs of B / A, by mixing over normally distributed effects: T. L.
Lai, "On confidence sequences", Ann. Statist. 4 (1976), pp. 265-280; as an e-process H. Wang and A. Ramdas, "Anytime-
valid t-tests and confidence sequences for Gaussian means with unknown variance", Sequential Analysis 44 (2025). For n
logs x with sum S and sum of squares V the evidence against a mean of 0 is

    G = sqrt(c / (n + c)) * ((n + c) V / ((n + c) V - S^2)) ** (n / 2),    c = 1 / SPREAD^2,

a martingale that begins at 1, which exceeds 1 / alpha with a chance of at most alpha (Ville). The interval holds the
means that are not refuted so. Several cases share alpha evenly (Bonferroni), which costs little: the interval grows
with the logarithm of their number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from bench.analysis.verdicts import MARGIN, Shown

Verdict = Literal[Shown, "undecided"]

ALPHA = 0.05
SPREAD = 4.0
"""Effects that matter are a few times the spread of one pair: in such units, the standard deviation of the mixture."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The mean of the logs of B / A, and how low and how high it may be; ``low`` and ``high`` may be infinite."""

    centre: float
    low: float
    high: float
    pairs: int

    @property
    def is_known(self) -> bool:
        return math.isfinite(self.low) and math.isfinite(self.high)


NOTHING = Bounds(0.0, -math.inf, math.inf, 0)


def bounds(logs: Sequence[float], alpha: float = ALPHA) -> Bounds:
    """The confidence sequence at these logs of B / A, one a pair: with a chance of ``1 - alpha`` it holds their mean
    after every pair. What is not finite tells nothing."""
    if not logs or not all(map(math.isfinite, logs)):
        return NOTHING
    centre = fmean(logs)
    half = _half_width(math.fsum((log - centre) ** 2 for log in logs), len(logs), alpha)
    return Bounds(centre, centre - half, centre + half, len(logs))


def _half_width(squares: float, n: int, alpha: float) -> float:
    """The largest d of (n + c) V / ((n + c) V - (n d)^2) < K with V = squares + n d^2, where K has G = 1 / alpha."""
    c = SPREAD**-2
    log_k = (math.log((n + c) / c) - 2 * math.log(alpha)) / n
    k_less_1 = math.expm1(min(log_k, 700.0))
    free = n - k_less_1 * c
    # Fewer pairs than that refute no mean at all, however alike they are.
    return math.sqrt(k_less_1 * (n + c) * squares / (n * free)) if free > 0 else math.inf


def verdict(seen: Bounds, margin: float = MARGIN) -> Verdict:
    """What may be said of B at a margin such as 0.03, for 3 %.

    Slower: the interval lies above 1, and what it is about beyond the margin; faster likewise. Equivalent: the interval
    lies within the margin, whether or not it holds 1.
    """
    allowed = math.log1p(margin)
    if seen.low > -allowed and seen.high < allowed:
        return "equivalent"
    if seen.low > 0 and seen.centre >= allowed:
        return "slower"
    if seen.high < 0 and seen.centre <= -allowed:
        return "faster"
    return "undecided"


def is_not_slower(seen: Bounds, margin: float) -> bool:
    """Whether B surely is not slower by the margin: it may be faster by any factor."""
    return seen.high < math.log1p(margin)
