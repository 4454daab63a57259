"""What else moved between two runs: claims that changed sides, cases that came and went, memory, metrics."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, TypeVar

from bench.analysis import between, peak_memory
from bench.analysis.between import Joined, Pair
from bench.analysis.peak_memory import Peak
from bench.model import Case, Claim, Metric, Record, Run

Found = TypeVar("Found", Claim, Metric)

Side = Literal["lost", "holds again", "gone", "new"]
Fate = Literal["lost", "well again", "gone", "new", "not asked for"]
Weight = Literal["more", "less", "same", "another meter"]

TENSORS = 0.01
"""A share of tensor bytes, which are the same in every process: less is told as the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMoved:
    """A claim that is on another side, or in one run alone."""

    case: Case
    name: str
    side: Side
    base: Claim | None
    new: Claim | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoved:
    """A case that ended otherwise, or is in one run alone; ``why`` says how it ended, or why it is not there."""

    case: Case
    fate: Fate
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryMoved:
    """The peaks of one case. Held against each other are tensor bytes where both runs counted them, else resident
    memory; ``base_bytes`` and ``new_bytes`` are those."""

    case: Case
    weight: Weight
    base: Peak
    new: Peak
    base_bytes: float
    new_bytes: float
    of: Literal["tensors", "resident"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricMoved:
    """A metric with another value, or in one run alone: ``None`` is the value where it is not."""

    case: Case
    name: str
    unit: str
    base: float | None
    new: float | None

    @property
    def share(self) -> float | None:
        """The change as a share of the base's value; ``None`` where there is no such number."""
        if self.base is None or self.new is None or not self.base:
            return None
        return (self.new - self.base) / abs(self.base)


def claims(pairs: Iterable[Pair]) -> tuple[ClaimMoved, ...]:
    """Claims that changed sides, came or went, in cases that both runs have."""
    return tuple(moved for pair in pairs for moved in _claims(pair))


def _claims(pair: Pair) -> Iterator[ClaimMoved]:
    for (name, _), base, new in _matched(pair, lambda record: record.findings.claims):
        side = _side(base, new)
        # What did not get so far as to make its claims is told as a case.
        is_whole = (base is not None and new is not None) or pair.base.outcome == pair.new.outcome == "ok"
        if side is not None and is_whole:
            yield ClaimMoved(case=pair.case, name=name, side=side, base=base, new=new)


def _side(base: Claim | None, new: Claim | None) -> Side | None:
    if base is None or new is None:
        return "new" if base is None else "gone"
    if base.passed == new.passed:
        return None
    return "lost" if base.passed else "holds again"


def _matched(
    pair: Pair, of: Callable[[Record], tuple[Found, ...]]
) -> Iterator[tuple[tuple[str, int], Found | None, Found | None]]:
    """Findings of both by name; of several that are called alike, the first by the first."""
    ours: dict[tuple[str, int], Found] = _numbered(of(pair.base))
    theirs: dict[tuple[str, int], Found] = _numbered(of(pair.new))
    for key in dict.fromkeys((*ours, *theirs)):
        yield key, ours.get(key), theirs.get(key)


def _numbered(found: Iterable[Found]) -> dict[tuple[str, int], Found]:
    counts: dict[str, int] = {}
    numbered: dict[tuple[str, int], Found] = {}
    for each in found:
        counts[each.name] = counts.get(each.name, 0) + 1
        numbered[each.name, counts[each.name]] = each
    return numbered


def files_left_out(base: Run, new: Run) -> tuple[str, ...]:
    """Files of ``--with`` that the base was given and the new run was not, by their names: a checkout may lie elsewhere
    today."""
    ours, theirs = ({PurePath(path).name for path in run.code if PurePath(path).is_absolute()} for run in (base, new))
    return tuple(sorted(ours - theirs))


def cases(cases: Joined, new: Run, over: Collection[str] = (), left_out: Sequence[str] = ()) -> tuple[CaseMoved, ...]:
    """Cases that ended otherwise, those that came, and those that went. Variants of files that are ``left_out`` are
    not missed."""
    changed = [_ended(pair) for pair in cases.both]
    settings = {between.identity(record.case.whole, over) for record in new.records}
    return (
        *(moved for moved in changed if moved is not None),
        *(
            _went(record, new, between.identity(record.case.whole, over) in settings, left_out)
            for record in cases.base_only
        ),
        *(CaseMoved(case=record.case, fate="new", why=_end(record)) for record in cases.new_only),
    )


def _ended(pair: Pair) -> CaseMoved | None:
    ours, theirs = pair.base.outcome, pair.new.outcome
    if ours == theirs:
        return None
    if ours == "ok" and theirs != "skipped":
        return CaseMoved(case=pair.case, fate="lost", why=_end(pair.new))
    if theirs == "ok":
        return CaseMoved(case=pair.case, fate="well again", why=f"was {_end(pair.base)}")
    return CaseMoved(case=pair.case, fate="gone", why=f"was {ours}, is {_end(pair.new)}")


def _end(record: Record) -> str:
    return f"{record.outcome}: {record.reason}" if record.reason else record.outcome


def _went(record: Record, new: Run, asked: bool, left_out: Sequence[str]) -> CaseMoved:
    """A case is missed only where the new run was ``asked`` for it. Whatever is planned leaves a record, if only that
    it failed: where nothing of the setting is there, the plan was another."""
    case = record.case
    broken = next((each for each in new.broken if each.exercise == case.exercise), None)
    if broken is not None:
        return CaseMoved(case=case, fate="lost" if record.passed else "gone", why=f"not loaded: {broken.reason}")
    if not asked:
        return CaseMoved(case=case, fate="not asked for", why="the new run has nothing of these parameters")
    # A record does not say whose its variant is: it may be the file's.
    if left_out:
        return CaseMoved(case=case, fate="not asked for", why=f"the new run was not given {', '.join(left_out[:3])}")
    held = record.outcome == "ok" and record.passed
    return CaseMoved(case=case, fate="lost" if held else "gone", why="this variant is not there any more")


def memory(pairs: Iterable[Pair]) -> tuple[MemoryMoved, ...]:
    """Peaks of cases that were weighed in both runs, and are sound in both."""
    return tuple(moved for pair in pairs if (moved := _memory(pair)) is not None)


def _memory(pair: Pair) -> MemoryMoved | None:
    base, new = peak_memory.peak(pair.base), peak_memory.peak(pair.new)
    if base is None or new is None or not (pair.base.outcome == pair.new.outcome == "ok"):
        return None
    counted = base.tensors is not None and new.tensors is not None and max(base.tensors, new.tensors) > 0
    ours = float((base.tensors or 0) if counted else base.median)
    theirs = float((new.tensors or 0) if counted else new.median)
    weight = _of_tensors(ours, theirs) if counted else _of_residents(base, new)
    return MemoryMoved(
        case=pair.case,
        weight=weight,
        base=base,
        new=new,
        base_bytes=ours,
        new_bytes=theirs,
        of="tensors" if counted else "resident",
    )


def _of_tensors(base: float, new: float) -> Weight:
    if abs(new - base) <= TENSORS * max(base, new):
        return "same"
    return "more" if new > base else "less"


def _of_residents(base: Peak, new: Peak) -> Weight:
    """Apart are peaks whose ranges over processes do not meet, by more than what comes and goes by chance."""
    if base.source != new.source:
        return "another meter"
    least = max(base.floor, peak_memory.SAME * max(base.median, new.median))
    if new.low - base.high > least:
        return "more"
    return "less" if base.low - new.high > least else "same"


def metrics(pairs: Iterable[Pair]) -> tuple[MetricMoved, ...]:
    """Metrics with another value, the ones that moved most first; nothing is claimed of them. Those of another unit are
    not held against each other."""
    moved = [each for pair in pairs for each in _metrics(pair)]
    return tuple(sorted(moved, key=_distance, reverse=True))


def _metrics(pair: Pair) -> Iterator[MetricMoved]:
    for (name, _), base, new in _matched(pair, lambda record: record.findings.metrics):
        values = base.value if base else None, new.value if new else None
        if base is not None and new is not None and base.unit == new.unit and base.value == new.value:
            continue
        unit = (new or base or Metric("", 0.0)).unit
        if base is not None and new is not None and base.unit != new.unit:
            yield MetricMoved(case=pair.case, name=name, unit=base.unit, base=base.value, new=None)
            values = None, new.value
        yield MetricMoved(case=pair.case, name=name, unit=unit, base=values[0], new=values[1])


def _distance(moved: MetricMoved) -> float:
    share = moved.share
    return abs(share) if share is not None and math.isfinite(share) else math.inf
