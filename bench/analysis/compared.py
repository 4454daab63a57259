"""Two runs or more, held against each other: a verdict for every time, and what else is better or worse.

The verdicts of one comparison are one family: Holm's procedure keeps the chance of even one false "faster" or "slower"
at 5 % (``families``). A time is called the same only where it is shown to be: by two one-sided tests (D. J. Schuirmann,
J. Pharmacokinet. Biopharm. 15, 1987) that it is neither slower nor faster than by the margin, which is to say that
all of the interval of 95 % lies within; each of the two is at 2.5 %. What is neither shown to have changed nor shown to
be the same is inconclusive, with the cause.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from bench.analysis import between, causes, families, moved, quantities, statistics
from bench.analysis.between import Change, Floor, Joined, Pair
from bench.analysis.moved import CaseMoved, ClaimMoved, MemoryMoved, MetricMoved
from bench.analysis.verdicts import MARGIN, Shown
from bench.errors import NothingMatched, UsageError
from bench.model import Record, Run

Verdict = Literal[Shown, "inconclusive"]

LEVEL = 0.05
TOGETHER = 5
"""So many times that all go one way are the machine's doing rather than the code's, or may be."""
Apart = Mapping[tuple[str, str, bool], str]
"""Why times are not held against each other: by the places of both records, and whether they are of a GPU."""
MACHINES = frozenset({"cpu", "device", "gpu"})
"""Fields in which one machine differs from another."""
RED = 1
"""The exit code where something is worse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The time of one case in both runs; ``cause`` says why it is inconclusive. Without a ``change`` one of the two has
    no interval: ``base`` and ``new`` are then what there is."""

    pair: Pair
    verdict: Verdict
    base: statistics.Interval | None
    new: statistics.Interval | None
    change: Change | None = None
    cause: str = ""
    floors: tuple[Floor | None, Floor | None] = (None, None)
    """Those of the places of both."""
    apart: str = ""
    """That it was measured on machines of two kinds, and in what they differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """One run held against the base. ``floors`` are those of both, ``together`` the ratio by which all times went one
    way, if they did; ``over`` are the fields in which they may differ, ``warnings`` what
    else differs."""

    base: Run
    new: Run
    timed: tuple[Timed, ...]
    claims: tuple[ClaimMoved, ...]
    cases: tuple[CaseMoved, ...]
    memory: tuple[MemoryMoved, ...]
    metrics: tuple[MetricMoved, ...]
    floors: tuple[Floor | None, Floor | None]
    over: frozenset[str] = frozenset()
    together: float | None = None
    warnings: tuple[str, ...] = ()

    def of(self, verdict: Verdict) -> tuple[Timed, ...]:
        return tuple(each for each in self.timed if each.verdict == verdict)

    @property
    def lost_claims(self) -> tuple[ClaimMoved, ...]:
        return tuple(each for each in self.claims if each.side == "lost")

    @property
    def lost_cases(self) -> tuple[CaseMoved, ...]:
        return tuple(each for each in self.cases if each.fate == "lost")

    @property
    def is_worse(self) -> bool:
        return bool(self.of("slower") or self.lost_claims or self.lost_cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs against one base. ``by`` is what they were said to differ in; ``margin`` is a share of time."""

    against: tuple[Against, ...]
    by: tuple[str, ...]
    margin: float

    @property
    def base(self) -> Run:
        return self.against[0].base

    @property
    def count(self) -> int:
        """Times that have a p-value: those are the family."""
        return sum(1 for each in self.against for timed in each.timed if timed.change is not None)


def compare(
    runs: Sequence[Run],
    by: Collection[str] = (),
    margin: float = MARGIN,
    warnings: Sequence[tuple[str, ...]] = (),
    over: Collection[str] = (),
    apart: Sequence[Apart] = (),
) -> Comparison:
    """All runs after the first against the first; ``warnings`` and what lies ``apart`` are for each of them, and
    ``over`` names the fields of a case in which they differ. Whether they may be compared is asked before, of
    ``bench.results.comparable``.

    Raises ``UsageError`` for fewer than two runs, one run twice, or a margin that is none, and ``NothingMatched`` where
    two runs have no case in common.
    """
    if len(runs) < 2:
        raise UsageError("there is nothing to compare: name a base and one run or more")
    require_margin(margin)
    if twice := next((run.id for at, run in enumerate(runs) if run in runs[:at]), ""):
        raise UsageError(f"{twice} is named twice: a run is not compared with itself")
    told, kept = [*warnings, *[()] * len(runs)], [*apart, *[dict[tuple[str, str, bool], str]()] * len(runs)]
    unjudged = [_against(runs[0], new, frozenset(over), told[at], kept[at]) for at, new in enumerate(runs[1:])]
    return Comparison(against=tuple(_judged(unjudged, margin)), by=tuple(by), margin=margin)


def require_margin(margin: float) -> None:
    """Raises ``UsageError`` for a margin that is none: a run that ends with a comparison asks before it measures."""
    if not 0 < margin < 1:  # NaN is no margin either
        raise UsageError(f"a margin is a share of the time between 0 and 1, not {margin:g}: 0.03 is 3 %")


def exit_code(comparison: Comparison, strict: bool = False) -> int:
    """1 where something is slower, a claim is lost, or a case that held; else 0. What is inconclusive is a failure only
    where one is ``strict``."""
    return RED if any(each.is_worse or (strict and each.of("inconclusive")) for each in comparison.against) else 0


def _against(base: Run, new: Run, over: frozenset[str], warnings: tuple[str, ...], apart: Apart) -> Against:
    cases = between.joined(base, new, over)
    if not cases.both:
        raise NothingMatched(f"{base.id} and {new.id} have no case in common: {_disjoint(base, new)}")
    times = tuple(_times(cases, base, new, apart))
    alike = [pair for pair in cases.both if not _apart(pair, base, new, apart)]
    return Against(
        base=base,
        new=new,
        timed=times,
        claims=moved.claims(cases.both),
        cases=moved.cases(cases, new, over, moved.files_left_out(base, new)),
        memory=moved.memory(alike),
        metrics=moved.metrics(cases.both),
        floors=(_told(times, 0) or between.floor_of(base), _told(times, 1) or between.floor_of(new)),
        over=over,
        warnings=warnings,
    )


def _told(times: Iterable[Timed], side: Literal[0, 1]) -> Floor | None:
    """What is told of the noise of a run: of the places that are held against others, the widest."""
    known = [timed.floors[side] for timed in times if not timed.apart]
    return max((floor for floor in known if floor is not None), key=lambda floor: floor.width, default=None)


def _disjoint(base: Run, new: Run) -> str:
    """What two runs without a common case have instead."""
    parts = [_parts(run) for run in (base, new)]
    if parts[0] != parts[1]:
        return f"{parts[0]}, and {parts[1]}"
    seeds = [", ".join(map(str, sorted({record.case.seed for record in run.records}))) for run in (base, new)]
    if seeds[0] != seeds[1]:
        return f"both have {parts[0]}, but with seed {seeds[0]} and with seed {seeds[1]}"
    return f"both have {parts[0]}, but with other parameters or other variants"


def _parts(run: Run) -> str:
    names = sorted({f"{record.case.exercise}.{record.case.part}" for record in run.records})
    devices = "+".join(run.devices)
    return f"{', '.join(names[:3]) or 'nothing'}{', …' if len(names) > 3 else ''} on {devices}"


def _apart(pair: Pair, base: Run, new: Run, apart: Apart) -> str:
    on_gpu = {pair.base.case.device, pair.new.case.device} != {"cpu"}
    return apart.get((base.where(pair.base), new.where(pair.new), on_gpu), "")


def _times(cases: Joined, base: Run, new: Run, apart: Apart) -> Iterator[Timed]:
    """Every pair of which at least one was timed, not judged yet, with the noise of its places."""
    known = between.floors_at(base), between.floors_at(new)
    for pair in cases.both:
        if pair.base.samples or pair.new.samples:
            ours, theirs, why = _rounds(pair.base), _rounds(pair.new), _apart(pair, base, new, apart)
            floors = known[0][base.where(pair.base)], known[1][new.where(pair.new)]
            widths = [floor.width for floor in floors if floor is not None]
            yield Timed(
                pair=pair,
                verdict="inconclusive",
                base=statistics.geometric_mean(ours),
                new=statistics.geometric_mean(theirs),
                change=None if why else between.change(ours, theirs, widths),
                floors=floors,
                apart=why,
            )


def _rounds(record: Record) -> list[float]:
    """Seconds per call; none of a variant that is not sound, though it may have been timed before that was found."""
    return list(statistics.rounds(record).values()) if record.outcome == "ok" else []


def _judged(unjudged: Sequence[Against], margin: float) -> Iterator[Against]:
    """With the verdicts that hold though so many were looked at."""
    p = {
        (at, place): timed.change.p
        for at, each in enumerate(unjudged)
        for place, timed in enumerate(each.timed)
        if timed.change is not None
    }
    holding: frozenset[tuple[int, int]] = families.holm(p, LEVEL)
    for at, each in enumerate(unjudged):
        timed = tuple(
            _verdict(one, each, margin, (len(p), (at, place) in holding)) for place, one in enumerate(each.timed)
        )
        together = None if _is_trial(each) else _together(timed)
        if together is not None and _is_elsewhere(each):
            timed = tuple(_confounded(one) for one in timed)
        yield replace(each, timed=timed, together=together)


def _verdict(timed: Timed, run: Against, margin: float, family: tuple[int, bool]) -> Timed:
    change, (count, holds) = timed.change, family
    if cause := _silent(timed, run):
        return replace(timed, cause=cause)
    if change is None:  # what is silent for no cause has a change
        return timed
    if 1 / (1 + margin) <= change.low and change.high <= 1 + margin:
        return replace(timed, verdict="equivalent")
    apart = change.low > 1 or change.high < 1
    beyond = change.centre > 1 + margin or change.centre < 1 / (1 + margin)
    if apart and holds and beyond:
        return replace(timed, verdict="slower" if change.low > 1 else "faster")
    return replace(timed, cause=_cause(timed, change, margin, count if apart and not holds else 0))


def _silent(timed: Timed, run: Against) -> str:
    """Why nothing at all can be said of a time."""
    if timed.apart:
        return timed.apart
    for name, record, time in (("base", timed.pair.base, timed.base), ("new run", timed.pair.new, timed.new)):
        if record.outcome != "ok":
            return f"{record.outcome} in the {name}"
        if time is None:
            return f"no time in the {name}" if not record.samples else f"the clock saw no time in the {name}"
        if time.rounds < 2:
            return f"one process in the {name}: no interval"
    ours, theirs = timed.pair.base.work, timed.pair.new.work
    if ours and theirs and (ours.count, ours.unit) != (theirs.count, theirs.unit):
        return f"a call does other work: {ours.count:,} {ours.unit} and {theirs.count:,} {theirs.unit}"
    if _is_trial(run):
        return "profile smoke: its numbers are no results"
    if None in timed.floors:
        return "no noise floor is known: bench doctor --noise measures it, then run again"
    return ""


def _is_trial(run: Against) -> bool:
    """Whether the numbers of one of the two are no results."""
    return "smoke" in (run.base.profile, run.new.profile)


def _cause(timed: Timed, change: Change, margin: float, among: int) -> str:
    """The first that explains why a change is neither shown nor excluded."""
    if among:
        return f"may be chance: one of {among} times"
    taken = causes.taken((timed.pair.base, timed.pair.new))
    if change.low > 1 or change.high < 1:
        return "a change, and perhaps within the margin"
    if taken.is_busy:
        return f"the machine was busy: {taken.words}"
    half = f"± {quantities.number(100 * math.expm1(change.half_width), 2)} %"
    if change.share > 0.5:
        return f"the noise floor of the runs: {half}"
    if change.half_width > math.log1p(margin):
        return f"the processes differ too much: {half}"
    return f"near the edge of the margin: {half}"


def _is_elsewhere(run: Against) -> bool:
    """Whether another system ran the second run, though nobody asked to compare machines."""
    ours, theirs = ({at.environment.platform for at in each.places.values()} for each in (run.base, run.new))
    return ours != theirs and not run.over & MACHINES


def _confounded(timed: Timed) -> Timed:
    """Nothing tells a code that is slower everywhere from a host that is: two clouds' hosts may name their processor
    alike, and run another kernel."""
    if timed.verdict not in ("slower", "faster"):
        return timed
    return replace(timed, verdict="inconclusive", cause="all times move one way, on another system")


def _together(timed: Sequence[Timed]) -> float | None:
    """The median ratio where all times went one way, and so many that chance does not explain it."""
    ratios = [each.change.centre for each in timed if each.change is not None]
    one_way = all(ratio > 1 for ratio in ratios) or all(ratio < 1 for ratio in ratios)
    return median(ratios) if len(ratios) >= TOGETHER and one_way else None
