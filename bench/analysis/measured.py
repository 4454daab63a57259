"""What a sweep measured of one variant: a point a value, the laws over all of them, and the knee of the throughput."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.analysis import exponents, knee, laws, peak_memory, quantities, statistics
from bench.analysis.comparisons import Sweep
from bench.analysis.exponents import Difference
from bench.analysis.knee import Knee
from bench.analysis.laws import Law, NoLaw
from bench.analysis.peak_memory import Peak
from bench.analysis.statistics import Interval
from bench.model import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value: seconds, units of work per second, peak memory, and the exponent from the value before.

    ``outcome`` and ``reason`` are those of a value that gave no time.
    """

    value: float
    time: Interval | None = None
    rate: Interval | None = None
    peak: Peak | None = None
    exponent: Difference | None = None
    outcome: str = "ok"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One variant over all values. ``unit`` is what the rates count; ``is_batch`` says that time is that of one batch,
    and not of a call; ``meter`` is what the law of memory is of."""

    variant: str
    parameter: str
    unit: str
    is_batch: bool
    points: tuple[Point, ...]
    time_law: Law | NoLaw
    memory_law: Law | NoLaw
    meter: str
    knee: Knee | None

    @property
    def laws_in_words(self) -> tuple[str, str]:
        """The laws of time and of memory, with the intervals of their costs."""
        return (
            laws.with_intervals(self.time_law, "t", self.parameter, quantities.SECONDS),
            laws.with_intervals(self.memory_law, f"m ({self.meter})", self.parameter, quantities.BYTES),
        )

    @property
    def knee_in_words(self) -> str:
        return knee.in_words(self.knee, self.parameter)


def of(sweep: Sweep) -> tuple[Measured, ...]:
    """Every variant of a sweep."""
    return tuple(_of_variant(sweep, variant) for variant in sweep.lines)


def _of_variant(sweep: Sweep, variant: str) -> Measured:
    every = sweep.lines[variant]
    # A variant that turned out unsound may have been timed before that was found out.
    sound = [(b, [each for each in records if each.outcome == "ok"]) for b, records in every]
    line = [(b, records) for b, records in sound if records]
    kept = Sweep(sweep.parameter, sweep.device, sweep.others, {variant: line}, place=sweep.place)
    return Measured(
        variant=variant,
        parameter=sweep.parameter,
        unit=next((r.work.unit for _, records in every for r in records if r.work), sweep.parameter),
        is_batch=sweep.is_batch_time,
        points=tuple(_points(sweep, every, dict(line))),
        time_law=kept.time_law(variant),
        memory_law=kept.memory_law(variant),
        meter="tensors" if kept.is_tensors(variant) else "resident",
        knee=knee.of([(b, _rates(b, records)) for b, records in line]),
    )


def _points(
    sweep: Sweep, every: Sequence[tuple[float, Sequence[Record]]], sound: dict[float, list[Record]]
) -> Iterator[Point]:
    seconds = {b: _seconds(records, sweep.parameter) for b, records in sound.items()}
    timed = [b for b, rounds in seconds.items() if rounds]
    steps = {after: exponents.between((b, after), (seconds[b], seconds[after])) for b, after in pairwise(timed)}
    for b, records in every:
        if b not in sound:
            yield Point(value=b, outcome=records[0].outcome, reason=records[0].reason)
        else:
            yield Point(
                value=b,
                time=statistics.geometric_mean(seconds[b]),
                rate=statistics.geometric_mean(_rates(b, sound[b])),
                peak=peak_memory.peak(*sound[b]),
                exponent=steps.get(b),
            )


def _seconds(records: Sequence[Record], parameter: str) -> list[float]:
    """Of a batch, or of a call: one for each round."""
    return [
        laws.batch_time(record, seconds, parameter)
        for record in records
        for seconds in statistics.rounds(record).values()
    ]


def _rates(b: float, records: Sequence[Record]) -> list[float]:
    """Units of work per second of each round; where a part does not say what a call gets done, its value is that."""
    return [
        count / seconds
        for record in records
        if (count := record.work.count if record.work else b) > 0
        for seconds in statistics.rounds(record).values()
    ]
