"""Bencher Metric Format: ``bencher run --adapter json --file FILE`` takes it.

By its schema (https://bencher.dev/docs/reference/bencher-metric-format): names of benchmarks, in each its measures, in
each ``value`` and where they are known ``lower_value`` and ``upper_value``. ``latency`` is Bencher's own measure, in
nanoseconds; ``peak-memory`` is one that it makes as it comes, in bytes.
"""

from __future__ import annotations

import math

from bench.formats import documents, timings
from bench.formats.timings import Timing
from bench.model import Run

NANOSECONDS = 1e9
Metric = dict[str, float]


def encode(run: Run) -> bytes:
    """Raises ``NothingMatched`` for a run without a time."""
    return documents.encode({timing.name: measures(timing) for timing in timings.of_run(run)})


def measures(timing: Timing) -> dict[str, Metric]:
    """The time of a call with its 95 % interval, and the peak of memory with its range over processes."""
    told = {}
    if timing.time is not None:
        nanoseconds = (
            None if seconds is None else seconds * NANOSECONDS
            for seconds in (timing.time.centre, timing.time.low, timing.time.high)
        )
        told["latency"] = metric(*nanoseconds)
    if timing.peak is not None:
        told["peak-memory"] = metric(*timing.peak)
    return told


def metric(value: float | None, low: float | None, high: float | None) -> Metric:
    """Without a bound that is not known, or too wide for a float."""
    named = {"value": value, "lower_value": low, "upper_value": high}
    return {name: number for name, number in named.items() if number is not None and math.isfinite(number)}
