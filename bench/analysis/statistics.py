"""From raw samples to what may be said: intervals, ratios, verdicts.

The unit of replication is the round, a fresh process: blocks inside one process share its memory layout and its
warmed caches, so they say nothing of the next process (Kalibera and Jones, "Rigorous benchmarking in reasonable
time", ISMM 2013, section 3). Each round is reduced to the median of its blocks. Over rounds we average logarithms and
take Student's t interval (Georges, Buytaert and Eeckhout, OOPSLA 2007, section 3.2), so that centres are geometric
means, as ratios demand (Fleming and Wallace, CACM 29(3), 1986), and no interval reaches below zero.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

from bench.analysis import causes, laps, quantities
from bench.analysis.causes import Taken
from bench.errors import BenchError
from bench.model import Record, Sample

Verdict = Literal["faster", "slower", "maybe chance", "no change detected", "unstable", "busy"]

LEVEL = 0.95
UNSTABLE = 1.25
"""An interval of ratios that spans 1 and reaches this far from it, up or down, could hide a real change."""
LEAST = 1.005
"""Ratios from laps nearer to 1 than this are not told apart: where things happen to lie in memory makes as much."""
UNSTABLE_LAPS = 1.1
"""The same for ratios from laps, which are several times as narrow."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A geometric mean over ``rounds`` processes, with its 95 % interval, or ``None`` for fewer than 2 rounds."""

    centre: float
    low: float | None
    high: float | None
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Interval):
    """Reference time / variant time: above 1 the variant is the faster one.

    ``p`` is the chance of a ratio at least so far from 1, up or down, if both took the same time; the interval is of
    ``level``, and leaves 1 out where p < 1 - level. ``among`` counts the ratios of the run where that is too little for
    a verdict among so many ("maybe chance"). ``taken`` is what others had of the time of both; ``doubt`` says why the
    ratio should not be believed as it is.
    """

    verdict: Verdict | None = None
    taken: Taken = causes.NOTHING
    p: float | None = None
    level: float = LEVEL
    among: int = 0
    doubt: str = ""


def seconds_per_call(sample: Sample) -> float:
    """GPU time where events gave one, wall time elsewhere."""
    return (sample.seconds if sample.gpu_seconds is None else sample.gpu_seconds) / sample.calls


def rounds(record: Record) -> dict[int, float]:
    """Seconds per call of each round: the median of its blocks. Rounds without a positive time are left out."""
    blocks: dict[int, list[float]] = defaultdict(list)
    for sample in record.samples:
        blocks[sample.round].append(seconds_per_call(sample))
    medians = {number: median(seconds) for number, seconds in sorted(blocks.items())}
    # A clock too coarse for a block gives 0, which has no logarithm.
    return {number: seconds for number, seconds in medians.items() if seconds > 0 and math.isfinite(seconds)}


def geometric_mean(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """The geometric mean of positive values and Student's t interval on their logarithms."""
    if not values:
        return None
    logs = [math.log(value) for value in values]
    centre = fmean(logs)
    if len(logs) < 2:
        return Interval(math.exp(centre), None, None, len(logs))
    half = t_quantile(len(logs) - 1, level) * deviation(logs) / math.sqrt(len(logs))
    return Interval(_exp(centre), _exp(centre - half), _exp(centre + half), len(logs))


def deviation(values: Sequence[float]) -> float:
    """The standard deviation of a sample of two or more, with n - 1. That of the library computes in fractions, which
    takes some sixty times as long (five values, Python 3.11): seconds of a report of thousands of ratios."""
    mean = fmean(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def t_quantile(freedom: float, level: float = LEVEL) -> float:
    """The two-sided quantile of Student's t distribution."""
    # Student's quantile without scipy.stats, whose import takes half a second.
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))


def _exp(logarithm: float) -> float:
    # Two rounds have an interval of 12.7 standard errors to either side: it may lie beyond exp(709), the last float.
    return math.exp(max(-700.0, min(700.0, logarithm)))


def estimate(*records: Record) -> Interval | None:
    """Seconds per call. Records of several seeds give their rounds to one estimate; ``None`` without a sample."""
    return geometric_mean([seconds for record in records for seconds in rounds(record).values()])


def ratio(record: Record, reference: Record) -> Ratio | None:
    """How many times faster than the reference, paired by round; ``None`` without a round that holds both.

    Variants of one round ran interleaved in one process, so that a slow moment of the machine met both.
    Raises ``BenchError`` for records that differ in device, seed, parameters or place.
    """
    require_comparable(record, reference)
    # Laps met the same moment of the machine; runs from before they were kept have whole rounds alone.
    paired = laps.log_ratios(record.samples, reference.samples)
    level, unstable = (laps.LEVEL, UNSTABLE_LAPS) if paired else (LEVEL, UNSTABLE)
    logs = list((paired or _log_ratios_of_rounds(record, reference)).values())
    interval = geometric_mean([_exp(log) for log in logs], level)
    if interval is None:
        return None
    taken = causes.taken((record, reference))
    return Ratio(
        centre=interval.centre,
        low=interval.low,
        high=interval.high,
        rounds=interval.rounds,
        verdict=verdict(interval, unstable, taken.is_busy, LEAST if paired else 1.0),
        taken=taken,
        p=chance(logs),
        level=level,
    )


def _log_ratios_of_rounds(record: Record, reference: Record) -> dict[int, float]:
    # What slowed a whole round down is in both of its times, and falls out of their ratio.
    ours, theirs = rounds(record), rounds(reference)
    return {number: math.log(theirs[number] / ours[number]) for number in sorted(ours.keys() & theirs.keys())}


def chance(logs: Sequence[float]) -> float | None:
    """The two-sided p-value of Student's t for a mean of 0; ``None`` for fewer than 2."""
    if len(logs) < 2:
        return None
    from scipy.special import stdtr

    error = deviation(logs) / math.sqrt(len(logs))
    # Rounds that are alike to the last bit leave no error to divide by.
    if error == 0:
        return 0.0 if fmean(logs) else 1.0
    return 2 * float(stdtr(len(logs) - 1, -abs(fmean(logs)) / error))


def require_comparable(record: Record, reference: Record) -> None:
    """Refuse to compare records of different work, or of two places: those met two machines."""
    if record.place != reference.place:
        places = f"{record.place or 'the first place'} and {reference.place or 'the first place'}"
        raise BenchError(f"these records cannot be compared: they were measured on {places}")
    ours, theirs = dict(record.case.whole.key), dict(reference.case.whole.key)
    for name in sorted(ours.keys() | theirs.keys()):
        value, other = ours.get(name, "nothing"), theirs.get(name, "nothing")
        if value != other:
            raise BenchError(f"these records cannot be compared: {name} is {value} here and {other} there")


def verdict(ratio: Interval, unstable: float = UNSTABLE, busy: bool = False, least: float = 1.0) -> Verdict | None:
    """What an interval of ratios says; nothing for fewer than 2 rounds. A difference is called one where all of the
    interval lies beyond ``least``, up or down. One that does not, and reaches ``unstable``, says nothing of the
    variants, and of the machine only where it is known to have been busy."""
    if ratio.low is None or ratio.high is None:
        return None
    if ratio.low > least:
        return "faster"
    if ratio.high < 1 / least:
        return "slower"
    if ratio.high <= unstable and ratio.low >= 1 / unstable:
        return "no change detected"
    return "busy" if busy else "unstable"


def in_words(speedup: Ratio | None) -> str:
    """ "6.8 ± 0.2 times faster", "no change detected", "unstable: 0.5 to 3 times as fast"."""
    if speedup is None:
        return "not timed"
    words = _verdict_in_words(speedup)
    return f"{words}: {speedup.doubt}" if speedup.doubt else words


def _verdict_in_words(speedup: Ratio) -> str:
    if speedup.low is None or speedup.high is None:
        return f"about {quantities.number(speedup.centre, 2)} times as fast (one round: no verdict)"
    if speedup.verdict in ("faster", "slower"):
        return _apart_in_words(speedup.centre, speedup.low, speedup.high)
    if speedup.verdict == "maybe chance":
        apart = _apart_in_words(speedup.centre, speedup.low, speedup.high)
        return f"{apart}, or chance: one of {speedup.among} ratios"
    if speedup.verdict == "busy":
        return f"inconclusive: the machine was busy ({speedup.taken.words})"
    if speedup.verdict == "unstable" and speedup.high > quantities.HOPELESS * speedup.low:
        return "unstable: the rounds differ too much"
    if speedup.verdict == "unstable":
        low, high = quantities.number(speedup.low, 2), quantities.number(speedup.high, 2)
        return f"unstable: {low} to {high} times as fast"
    return "no change detected"


def _apart_in_words(centre: float, low: float, high: float) -> str:
    if low > 1:
        return f"{quantities.interval(centre, low, high, apart=1)} times faster"
    # Turned around, the upper bound is the lower one.
    return f"{quantities.interval(1 / centre, 1 / high, 1 / low, apart=1)} times slower"


def time_in_words(time: Interval | None) -> str:
    """ "1.23 ± 0.04 ms"."""
    return "" if time is None else quantities.interval(time.centre, time.low, time.high, quantities.SECONDS)


def throughput(*records: Record) -> Interval | None:
    """Units of work per second; ``None`` where the part does not say what a call gets done."""
    work, seconds = records[0].work, estimate(*records)
    if work is None or seconds is None or work.count <= 0:
        return None
    # The longest time is the lowest rate.
    low, high = (None if bound is None else work.count / bound for bound in (seconds.high, seconds.low))
    return Interval(work.count / seconds.centre, low, high, seconds.rounds)


def range_of(values: Iterable[float]) -> tuple[float, float, float]:
    """Median, lowest and highest."""
    ordered = sorted(values)
    return median(ordered), ordered[0], ordered[-1]
