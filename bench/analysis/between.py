"""Times of two runs held against each other: how they changed, and how well that is known.

The two runs are two moments of a machine. Within a run variants are interleaved, and what slowed the machine down falls
out of their ratio; here nothing falls out. Each run is reduced to its rounds, as everywhere (``statistics``), and the
difference of the mean logarithms has Welch's standard error (B. L. Welch, Biometrika 34, 1947). That is too narrow:
rounds of one run share its memory layout, its neighbours, its hour. So each run brings the noise floor that it knows of
as one more independent error, and the errors add in squares; the degrees of freedom are Satterthwaite's (Biometrics
Bulletin 2, 1946), with the floors as known.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, variance

from bench.analysis import floor as floors
from bench.analysis import laps, statistics
from bench.errors import UsageError
from bench.model import Case, Key, Record, Run

DEVIATIONS = NormalDist().inv_cdf((1 + laps.LEVEL) / 2)
"""Half-widths of a floor are of intervals of this level: so many standard errors."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One case in both runs."""

    base: Record
    new: Record

    @property
    def case(self) -> Case:
        return self.new.case


@dataclass(frozen=True, slots=True)
class Joined:
    """The cases of two runs: in both, and in one alone."""

    both: tuple[Pair, ...]
    base_only: tuple[Record, ...]
    new_only: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Floor:
    """How well a ratio of identical work is known in a run: the half-width of its logarithm. ``source`` is the floor of
    the machine, or the ratios of the run where nobody had measured that."""

    width: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Time of the new run / time of the base: above 1 it has become slower. The interval is of 95 %.

    ``p`` is the chance of a ratio at least so far from 1, up or down, if nothing had changed. ``rounds`` are the
    processes of both; ``share`` is how much of the squared error is the noise floors'.
    """

    centre: float
    low: float
    high: float
    p: float
    rounds: tuple[int, int]
    share: float

    @property
    def half_width(self) -> float:
        """Of the interval, of the logarithm."""
        return math.log(self.high / self.low) / 2


def identity(case: Case, over: Collection[str] = ()) -> Key:
    """What two runs call the same case: its key, without the device where that is what they differ in."""
    return tuple(pair for pair in case.key if not (pair[0] == "device" and "device" in over))


def joined(base: Run, new: Run, over: Collection[str] = ()) -> Joined:
    """Cases by their identity, in the order of the new run. Raises ``UsageError`` where one run has a case twice."""
    ours, theirs = _by_identity(base, over), _by_identity(new, over)
    return Joined(
        tuple(Pair(ours[key], record) for key, record in theirs.items() if key in ours),
        tuple(record for key, record in ours.items() if key not in theirs),
        tuple(record for key, record in theirs.items() if key not in ours),
    )


def has_any(base: Run, planned: Iterable[Case], over: Collection[str] = ()) -> bool:
    """Whether a run has any of these cases, be it for other variants: what is planned does not know all of them."""
    known = {identity(record.case.whole, over) for record in base.records}
    return any(identity(case.whole, over) in known for case in planned)


def _by_identity(run: Run, over: Collection[str]) -> dict[Key, Record]:
    records: dict[Key, Record] = {}
    for record in run.records:
        key = identity(record.case, over)
        if key in records:
            raise UsageError(f"{run.id} has {record.case.label} twice: it cannot be compared")
        records[key] = record
    return records


def floors_at(run: Run) -> dict[str, Floor | None]:
    """What is known of the noise of each of its places."""
    return {name: floor_of(run.only(name) if run.is_spread else run) for name in run.places}


def floor_of(run: Run) -> Floor | None:
    """What is known of a run's noise, of several places the widest; ``None`` where nothing was measured beside
    something else several times, on any of them."""
    if run.is_spread:
        known = [floor for floor in floors_at(run).values() if floor is not None]
        return max(known, key=lambda floor: floor.width, default=None)
    if run.floor is not None and _is_width(run.floor.widest):
        return Floor(run.floor.widest, "bench doctor --noise")
    ratios = floors.known(run)
    if ratios is None or not _is_width(ratios.median):
        return None
    return Floor(ratios.median, f"median of {ratios.count} ratio{'' if ratios.count == 1 else 's'} in the run")


def _is_width(value: float) -> bool:
    return math.isfinite(value) and value > 0


def change(base: Sequence[float], new: Sequence[float], widths: Iterable[float] = ()) -> Change | None:
    """The change from the seconds per call of the rounds of one run to those of another; ``widths`` are the noise
    floors of both. ``None`` where one of them has fewer than two rounds with a positive, finite time."""
    if min(len(base), len(new)) < 2 or not all(seconds > 0 and math.isfinite(seconds) for seconds in (*base, *new)):
        return None
    logs = [[math.log(seconds) for seconds in run] for run in (base, new)]
    errors = [variance(each) / len(each) for each in logs]
    floor = sum((width / DEVIATIONS) ** 2 for width in widths)
    middle, error = fmean(logs[1]) - fmean(logs[0]), math.sqrt(sum(errors) + floor)
    freedom = _freedom(errors, [len(each) - 1 for each in logs], floor)
    half = statistics.t_quantile(freedom) * error
    return Change(
        centre=_exp(middle),
        low=_exp(middle - half),
        high=_exp(middle + half),
        p=_chance(middle, error, freedom),
        rounds=(len(base), len(new)),
        share=min(1.0, floor / error**2) if error > 0 else 0.0,
    )


def _freedom(errors: Sequence[float], each: Sequence[int], floor: float) -> int:
    """Satterthwaite's, rounded down: at least that of the run with fewer rounds, and many where the floors are all."""
    parts = sum(error**2 / freedom for error, freedom in zip(errors, each, strict=True))
    total = (sum(errors) + floor) ** 2
    return 10**6 if parts * 10**6 <= total else max(1, math.floor(total / parts))


def _chance(middle: float, error: float, freedom: int) -> float:
    from scipy.special import stdtr  # scipy.stats takes half a second to import

    # Rounds that are alike to the last bit, and no floor, leave no error to divide by.
    if error == 0:
        return 0.0 if middle else 1.0
    return 2 * float(stdtr(freedom, -abs(middle) / error))


def _exp(logarithm: float) -> float:
    # Two rounds have wide intervals: they may lie beyond exp(709), the last float.
    return math.exp(max(-700.0, min(700.0, logarithm)))
