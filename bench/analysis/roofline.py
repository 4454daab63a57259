"""The roofline of a device: what work of some arithmetic intensity can reach there at most.

S. Williams, A. Waterman and D. Patterson, "Roofline: an insightful visual performance model for multicore
architectures", Communications of the ACM 52(4), 2009: at I FLOP/byte at most min(peak FLOP/s, I · peak bytes/s). The
peaks are those that were reached, not those of a data sheet, and the bytes are compulsory traffic: work whose data stay
in a cache may lie above the slope.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bench.analysis import statistics
from bench.analysis.statistics import Interval
from bench.model import Peak, Record

Limit = Literal["memory", "arithmetic"]


def roof(peak: Peak, intensity: float) -> float:
    """FLOP/s."""
    return min(peak.flops, intensity * peak.bandwidth)


def ridge(peak: Peak) -> float:
    """The intensity in FLOP/byte from which on arithmetic is the limit."""
    return peak.flops / peak.bandwidth


def limit(peak: Peak, intensity: float) -> Limit:
    """Which of the two is the roof there."""
    return "memory" if intensity < ridge(peak) else "arithmetic"


def rate(*records: Record) -> Interval | None:
    """FLOP/s of one case, of all its seeds; ``None`` where nothing was timed, or its work does not count them."""
    work, seconds = records[0].work, statistics.estimate(*records)
    if work is None or work.flops is None or seconds is None:
        return None
    # The longest time is the lowest rate.
    low, high = (None if bound is None else work.flops / bound for bound in (seconds.high, seconds.low))
    return Interval(work.flops / seconds.centre, low, high, seconds.rounds)


def intensity(record: Record) -> float:
    """FLOP/byte; 0 where the work does not say."""
    return (record.work.intensity if record.work else None) or 0.0


def peak_of(peaks: Iterable[Peak], device: str) -> Peak | None:
    return next((peak for peak in peaks if peak.device == device), None)


def share(record: Record, peaks: Iterable[Peak]) -> float | None:
    """Which share of its roof a variant reaches; ``None`` where one of both is not known. ``peaks`` are those of the
    place where it was measured."""
    peak, reached, at = peak_of(peaks, record.case.device), rate(record), intensity(record)
    return reached.centre / roof(peak, at) if peak and reached and at else None
