"""Ratios from laps: two blocks of one lap met the same moment of the machine.

In each process the ratio is the median over laps of the log of the two times: a burst that hits one lap moves it by a
rank, a drift of the whole process cancels. Over processes, the unit of replication, Student's t is taken. Rounds go on
until every ratio of a case is narrow enough, so that intervals are looked at several times; a level of 96 % in place of
95 makes up for it: in a simulation of normal, heavy-tailed, bursty and drifting noise, with and without a spread
between processes, such intervals covered the truth in 93 to 97 % (``tests/analysis/test_laps.py``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import fmean, median, stdev

from bench.model import Observation, Sample

LEVEL = 0.96


def by_round(samples: Iterable[Sample]) -> dict[int, Sample]:
    """The samples that keep their laps; those of older runs keep none."""
    return {sample.round: sample for sample in samples if sample.laps}


def log_ratios(samples: Iterable[Sample], reference: Iterable[Sample]) -> dict[int, float]:
    """The logarithm of reference time / variant time of one call, for each round that has laps of both."""
    ours, theirs = by_round(samples), by_round(reference)
    rounds = sorted(ours.keys() & theirs.keys())
    ratios = {number: _log_ratio(ours[number], theirs[number]) for number in rounds}
    return {number: ratio for number, ratio in ratios.items() if math.isfinite(ratio)}


def _log_ratio(sample: Sample, reference: Sample) -> float:
    # A block that the clock could not see has no logarithm.
    pairs = [(ours, theirs) for ours, theirs in zip(sample.laps, reference.laps, strict=False) if ours > 0 < theirs]
    if not pairs:
        return math.nan
    # A lap is the time of a block, and the blocks of the two are of different numbers of calls.
    return median(math.log(theirs / ours) for ours, theirs in pairs) + math.log(sample.calls / reference.calls)


def half_width(logs: Sequence[float]) -> float:
    """Of the interval of their mean; infinite for fewer than two."""
    if len(logs) < 2:
        return math.inf
    from scipy.special import stdtrit  # scipy.stats takes half a second to import

    return float(stdtrit(len(logs) - 1, (1 + LEVEL) / 2)) * stdev(logs) / math.sqrt(len(logs))


def widest(observations: Iterable[Observation], reference: str) -> float:
    """The half-width of the least known ratio of a case, over the variants that are still sound; 0 for none."""
    timed = [observation for observation in observations if observation.task.kind == "time"]
    if not timed:
        return math.inf
    # The last round tells: what failed in an earlier one was left out of it.
    sound = [name for name, result in timed[-1].variants.items() if result.outcome == "ok" and name != reference]
    taken = {name: _samples(timed, name) for name in (*sound, reference)}
    ratios = [log_ratios(taken[name], taken[reference]) for name in sound]
    return max((half_width(list(logs.values())) for logs in ratios), default=0.0)


def _samples(observations: Iterable[Observation], name: str) -> list[Sample]:
    results = (observation.variants.get(name) for observation in observations)
    return [sample for result in results if result for sample in result.samples]


def waited(samples: Iterable[Sample]) -> float:
    """The share of the time of all blocks in which their thread was ready and had no core."""
    shares = [sample.waited for sample in samples if sample.laps]
    return fmean(shares) if shares else 0.0
