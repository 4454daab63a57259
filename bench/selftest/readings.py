"""What the runs of a selftest have measured, beside what it should have been."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bench.analysis import comparisons, statistics
from bench.model import PartInfo, Record, Run
from bench.selftest import again, planted

Work = Literal["real", "planted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One ratio: by how much ``variant`` is slower than the reference of its ``case``, as a share of the reference's
    time, with the interval. ``planted`` is what was put there, 0 in identical code."""

    work: Work
    case: str
    variant: str
    planted: float
    slower: float
    low: float
    high: float
    rounds: int
    verdict: str
    waited: float = 0.0

    @property
    def is_alarm(self) -> bool:
        """A difference is said of identical code."""
        return self.low > 0 or self.high < 0

    @property
    def is_sound(self) -> bool:
        """All three are numbers. A ratio of one round has no interval."""
        return all(map(math.isfinite, (self.slower, self.low, self.high)))

    @property
    def is_found(self) -> bool:
        """The slow-down is said."""
        return self.low > 0

    @property
    def is_inconclusive(self) -> bool:
        """Nothing is said, with the cause: others had the core."""
        return not self.is_found and self.verdict == "busy"

    @property
    def is_wrong(self) -> bool:
        """An alarm, or a slow-down that is not told."""
        return not self.is_found if self.planted else self.is_alarm

    @property
    def half_width(self) -> float:
        """Of the interval of the ratio's logarithm; NaN for one that is not sound."""
        return (math.log1p(self.high) - math.log1p(self.low)) / 2 if self.is_sound else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing of known size. ``measured`` is None where it could not be had, for the reason in ``note``."""

    what: Literal["spin", "allocation", "spike", "nothing"]
    expected: float
    measured: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that gave no ratio, and why."""

    case: str
    reason: str
    work: Work


def readings(runs: Iterable[Run]) -> tuple[tuple[Reading, ...], tuple[Failure, ...]]:
    """Every ratio of the planted and of the real work, and the cases that failed or were left out."""
    ratios: list[Reading] = []
    failures: list[Failure] = []
    for run in runs:
        for part, records in parts_of(run):
            ratios += readings_of(part, records)
            failures += failures_of(records)
    return tuple(ratios), tuple(dict.fromkeys(failures))


def parts_of(run: Run) -> Iterator[tuple[PartInfo, list[Record]]]:
    for exercise in run.exercises:
        for part in exercise.parts:
            records = [r for r in run.records if (r.case.exercise, r.case.part) == (exercise.id, part.id)]
            if records and exercise.id in (again.EXERCISE, planted.EXERCISE):
                yield part, records


def readings_of(part: PartInfo, records: Iterable[Record]) -> Iterator[Reading]:
    for group in comparisons.groups(part, records):
        for row in group.rows:
            if not row.is_reference and row.ratio is not None:
                yield reading_of(row, row.ratio)


def reading_of(row: comparisons.Row, ratio: statistics.Ratio) -> Reading:
    """Reference time / variant time becomes a slow-down; one round has no interval, and so says nothing."""
    return Reading(
        work=work_of(row.record),
        case=label(row.record),
        variant=row.name,
        planted=planted.PLANTED.get(row.name, 0.0),
        slower=1 / ratio.centre - 1,
        low=math.nan if ratio.high is None else 1 / ratio.high - 1,
        high=math.nan if ratio.low is None else 1 / ratio.low - 1,
        rounds=ratio.rounds,
        verdict=ratio.verdict or "",
        waited=ratio.taken.waited,
    )


def failures_of(records: Iterable[Record]) -> Iterator[Failure]:
    for record in records:
        if record.outcome != "ok":
            yield Failure(label(record), f"{record.outcome}: {record.reason}", work_of(record))


def work_of(record: Record) -> Work:
    return "real" if record.case.exercise == again.EXERCISE else "planted"


def label(record: Record) -> str:
    """Such as ``ex10.a.speed batch=8, seed 1``."""
    case = record.case
    name = again.label(case) if work_of(record) == "real" else case.part
    return f"{name}, seed {case.seed}" if case.seed else name
