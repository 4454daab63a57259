"""What tools that know times alone are told of a run: every variant that is sound and was timed."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bench.analysis import peak_memory, races, statistics
from bench.errors import NothingMatched
from bench.formats import names
from bench.model import Record, Run, Sample


@dataclass(frozen=True)
class Timing:
    """One variant, or one method of a race, under the name that it has in every format."""

    name: str
    record: Record

    @cached_property
    def blocks(self) -> dict[int, tuple[float, ...]]:
        """Seconds per call of every block, by the round: each round is a fresh process."""
        taken: dict[int, list[float]] = defaultdict(list)
        for sample in self.record.samples:
            taken[sample.round] += positive(sample)
        return {number: tuple(seconds) for number, seconds in sorted(taken.items()) if seconds}

    @cached_property
    def rounds(self) -> tuple[float, ...]:
        """Seconds per call of each round: the median of its blocks."""
        return tuple(statistics.rounds(self.record).values())

    @cached_property
    def time(self) -> statistics.Interval | None:
        """Seconds per call, with the 95 % interval over rounds."""
        return statistics.estimate(self.record)

    @property
    def peak(self) -> tuple[float, float, float] | None:
        """Peak memory in bytes: the median over processes, the least and the most; ``None`` where it was not weighed.

        What lies below the least that the meter can see stands as that: tools divide by it, and its pages come and go.
        """
        peak = peak_memory.peak(self.record)
        if peak is None:
            return None
        return max(peak.median, peak.floor), max(peak.low, peak.floor), max(peak.high, peak.floor)

    def calls(self, number: int) -> int:
        """How many calls a block of a round has, at the least."""
        return min(sample.calls for sample in self.record.samples if sample.round == number)


def per_call(sample: Sample) -> tuple[float, ...]:
    """Seconds per call of each block that a sample stands for."""
    laps = tuple(lap / sample.calls for lap in sample.laps)
    return laps or (statistics.seconds_per_call(sample),)


def positive(sample: Sample) -> list[float]:
    """Without blocks that the clock could not see: no tool takes a time of 0."""
    return [seconds for seconds in per_call(sample) if 0 < seconds < math.inf]


def of_run(run: Run) -> tuple[Timing, ...]:
    """Raises ``NothingMatched`` for a run without one."""
    timings = tuple(_sound(run))
    if not timings:
        raise NothingMatched(f"{run.id} has no times of a variant that agrees; --to junit, csv and parquet take it")
    return timings


def _sound(run: Run) -> Iterator[Timing]:
    # A damaged file may hold a case twice; two benchmarks of one name are refused by every tool.
    by_case = {record.case: record for record in reversed(run.records) if record.samples}
    called = names.of_cases(record.case for record in run.records)
    for record in run.records:
        timing = Timing(called[record.case], record)
        if record is by_case.get(record.case) and record.outcome == "ok" and timing.blocks and timing.rounds:
            yield timing


def left_out(run: Run) -> tuple[str, ...]:
    """The names of variants that were to be timed and are not among the timings, each with the reason."""
    timed = {timing.record.case for timing in _sound(run)}
    called = names.of_cases(record.case for record in run.records)
    return tuple(
        f"{called[record.case]} ({_why(record)})"
        for record in run.records
        if record.case.variant is not None and record.case not in timed and record.outcome != "skipped"
    )


def _why(record: Record) -> str:
    if record.outcome != "ok":
        return record.outcome
    return races.in_words(record.trials) if record.trials else "not timed"
