"""The knee of a throughput: the smallest value from which a larger one gains next to nothing.

It is the smallest value whose throughput is at least ``1 - MARGIN`` of the largest in the sweep. Which that is, chance
blurs: a value that looks slow may be fast enough, and one that looks fast enough may not be. So every value is held
against every other by Welch's interval, at a level that holds for all of these pairs together (Bonferroni). The knee
may be as small as the first value that no other is surely more than the margin ahead of, and as large as the first that
no other can be more than the margin ahead of.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.analysis import exponents, quantities, statistics
from bench.analysis.exponents import Mean

MARGIN = 0.05
"""The share of the largest throughput that one gives up at the knee at most."""
FEWEST = 3
"""Values: of two one is always the larger."""
METHOD = (
    f"The knee is the smallest value whose throughput is within {100 * MARGIN:g} % of the largest of the sweep. What "
    "else it may be comes from Welch's intervals of every value against every other, which hold all together in "
    f"{100 * statistics.LEVEL:g} % of sweeps."
)
"""How it is found, for a reader."""


@dataclass(frozen=True, slots=True)
class Knee:
    """The value at the knee, and the smallest and the largest that it may be: ``None`` where a value has one round
    alone. ``last`` is the largest value of the sweep; a knee there is none that was seen."""

    value: float
    low: float | None
    high: float | None
    last: float

    @property
    def is_beyond(self) -> bool:
        """Whether the throughput still rises at the end of the sweep."""
        return self.value == self.last


Rates = Sequence[tuple[float, Sequence[float]]]
"""``(value, units of work per second of each round)``, in ascending order of the values."""


def of(rates: Rates) -> Knee | None:
    """The knee of the values with a throughput; ``None`` for fewer than ``FEWEST``."""
    logs = [(b, [math.log(rate) for rate in rounds if 0 < rate < math.inf]) for b, rounds in rates]
    known = [(b, Mean.of(rounds)) for b, rounds in logs if rounds]
    if len(known) < FEWEST:
        return None
    allowed, last = -math.log(1 - MARGIN), known[-1][0]
    most = max(mean.centre for _, mean in known)
    value = next(b for b, mean in known if mean.centre >= most - allowed)
    if any(mean.count < exponents.FEWEST for _, mean in known):
        return Knee(value, None, None, last)
    ends = [(b, *_deficit([each for _, each in known], place)) for place, (b, _) in enumerate(known)]
    # No value is surely good enough where all are noisy: then it may be any up to the last.
    low = next((b for b, least, _ in ends if least <= allowed), value)
    high = next((b for b, _, most in ends if most <= allowed), last)
    return Knee(value, min(low, value), max(high, value), last)


def _deficit(means: Sequence[Mean], place: int) -> tuple[float, float]:
    """By how much the best of the others is ahead, as a logarithm: at least, and at most."""
    gaps = list(_gaps(means, place))
    return max(low for low, _ in gaps), max(high for _, high in gaps)


def _gaps(means: Sequence[Mean], place: int) -> Iterator[tuple[float, float]]:
    level = 1 - (1 - statistics.LEVEL) / (len(means) - 1)
    for other, mean in enumerate(means):
        if other != place:
            gap = exponents.difference(mean, means[place], level)
            if gap.low is not None and gap.high is not None:
                yield gap.low, gap.high


def in_words(knee: Knee | None, item: str) -> str:
    """ "batch 64 is the smallest within 5 % of the largest (it may be 32 to 128)"."""
    if knee is None:
        return f"no knee: it takes {FEWEST} values with a time"
    share = f"{MARGIN:.0%}".replace("%", " %")
    value, last = quantities.number(knee.value), quantities.number(knee.last)
    if knee.is_beyond:
        if knee.low == knee.value:
            return f"no knee up to {item} {last}, the last value: it is more than {share} ahead of every other"
        may = "one round: no interval" if knee.low is None else f"it may be {_range(knee)}"
        return f"no knee up to {item} {last}, the last value ({may})"
    sure = " (one round: no interval)" if knee.low is None else f" (it may be {_range(knee)})"
    sure = "" if knee.low == knee.high == knee.value else sure
    return f"{item} {value} is the smallest within {share} of the largest{sure}"


def _range(knee: Knee) -> str:
    return " to ".join(quantities.number(end) for end in (knee.low, knee.high) if end is not None)
