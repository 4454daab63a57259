"""Ratios that no machine explains: a request to look at what the variant computes, and never a failure.

Two things can be said without knowing the code. *Work* that a part declares cannot be done faster than a processor
counts. And a *ratio* has an end: on one machine, two ways to the same numbers differ by what the slower one does beside
computing them. The most wasteful way here, autograd over single numbers, takes 380 times as long as the same operations
in plain Python (ex01, many steps), which is the largest honest ratio of all exercises; everything else lies below 150.
Compiled loops over single numbers can honestly go beyond, and so can a better algorithm on large problems: hence no
failure.
"""

from __future__ import annotations

from bench.analysis import quantities
from bench.analysis.statistics import Interval, Ratio
from bench.model import Work

MOST_TIMES = 500
FASTEST = 6e9 * 64
"""Of anything that is counted, one thread does at most this many a second: 6 GHz, and in every tick two vector units
that each multiply and add 16 numbers."""

LOOK = "look at what it computes"


def doubt(ratio: Ratio, time: Interval | None, work: Work | None, threads: int) -> str:
    """Why a ratio should not be believed as it is, in words; empty where nothing is wrong.

    ``threads`` are those of the processor, or 0 where something else computes.
    """
    rate = work.count / time.centre if work is not None and time is not None else 0.0
    if work is not None and threads and rate > FASTEST * threads:
        return f"{quantities.number(rate, 2)} {work.unit} a second, more than any processor does; {LOOK}"
    # The end of the interval that is nearer to 1: what noise may have added does not count.
    if (ratio.low or ratio.centre) > MOST_TIMES:
        return f"more than any machine explains; {LOOK}"
    return ""
