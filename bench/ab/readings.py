"""What one run says of a side, and what a series of pairs says of both. Pure functions of stored runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bench.ab.history import printable
from bench.analysis import sequential, statistics
from bench.analysis.sequential import ALPHA, Bounds, Verdict
from bench.analysis.verdicts import MARGIN
from bench.model import Case, Environment, Record, Run
from bench.results import environment

Letter = Literal["A", "B"]
Overall = Literal["slower", "faster", "equivalent", "undecided", "broken", "mended", "not timed"]

WHOLE = "the run"
"""What is broken where a side gave no run at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One run of one side: seconds per call of each case, and why what is broken is. ``code`` is its exit code."""

    times: dict[Case, float] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    environment: Environment | None = None
    code: int = 0

    @property
    def is_lost(self) -> bool:
        return WHOLE in self.broken


@dataclass(frozen=True, slots=True)
class Pair:
    """Two runs, one shortly after the other."""

    a: Reading
    b: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How a comparison judges: ``alpha`` is the chance of any wrong verdict in it, over all cases and stops; from
    ``margin`` on, 0.03 for 3 %, a difference counts. ``one_sided`` only asks whether B is slower; ``until_slower`` ends
    at the first case that is."""

    alpha: float = ALPHA
    margin: float = MARGIN
    one_sided: bool = False
    until_slower: bool = False

    def verdict(self, bounds: Bounds) -> Verdict:
        said = sequential.verdict(bounds, self.margin)
        is_settled = self.one_sided and said == "undecided" and sequential.is_not_slower(bounds, self.margin)
        return "equivalent" if is_settled else said


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A case that both sides time: geometric means of seconds per call, and the bounds of log(B / A)."""

    case: Case
    a: float
    b: float
    bounds: Bounds
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakage:
    """What failed or disagrees, on one side or on both: its reason is empty where it is sound."""

    what: str
    a: str
    b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What all pairs say. ``apart`` are cases that one side alone has, with its letter."""

    timed: tuple[Timed, ...]
    broken: tuple[Breakage, ...]
    apart: tuple[tuple[Case, Letter], ...] = ()
    notes: tuple[str, ...] = ()
    pairs: int = 0

    @property
    def worse(self) -> tuple[Breakage, ...]:
        """What is broken on side B alone."""
        return tuple(each for each in self.broken if each.b and not each.a)

    @property
    def undecided(self) -> tuple[Case, ...]:
        return tuple(each.case for each in self.timed if each.verdict == "undecided")

    @property
    def overall(self) -> Overall:
        """The worst that is known of B."""
        if self.worse or any(each.what == WHOLE and each.b for each in self.broken):
            return "broken"
        said = {each.verdict for each in self.timed}
        for verdict in ("slower", "undecided", "faster", "equivalent"):
            if verdict in said:
                return verdict
        return "mended" if any(each.a and not each.b for each in self.broken) else "not timed"

    @property
    def is_red(self) -> bool:
        return self.overall in ("slower", "broken")


def of_run(run: Run, code: int = 0) -> Reading:
    """The reading of a stored run."""
    return Reading(
        times=dict(_times(run.records)),
        broken={each.exercise: printable(each.reason) for each in run.broken} | dict(_broken(run.records)),
        sources=run.code,
        environment=run.environment,
        code=code,
    )


def lost(reason: str, code: int) -> Reading:
    """Of a side that ended without a run."""
    return Reading(broken={WHOLE: printable(reason) or f"it ended with exit code {code}"}, code=code)


def _times(records: Sequence[Record]) -> Iterator[tuple[Case, float]]:
    for record in records:
        seconds = statistics.estimate(record) if record.outcome == "ok" else None
        if seconds is not None and 0 < seconds.centre < math.inf:
            yield record.case, seconds.centre


def _broken(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    for record in records:
        if not record.passed:
            yield printable(record.case.label), printable(_why(record))


def _why(record: Record) -> str:
    if record.outcome == "ok":
        return f"claims fail: {', '.join(claim.name for claim in record.failed_claims)}"
    return f"{record.outcome}: {record.reason}" if record.reason else record.outcome


def judge(pairs: Sequence[Pair], rule: Rule) -> Findings:
    """What all pairs say together. The cases of the first pair share alpha: what comes later is no case."""
    if not pairs:
        return Findings(timed=(), broken=())
    first = pairs[0]
    cases = [case for case in first.a.times if case in first.b.times]
    return Findings(
        timed=tuple(_timed(case, pairs, rule, rule.alpha / len(cases)) for case in cases),
        broken=tuple(_breakages(pairs)),
        apart=tuple(_apart(first)),
        notes=tuple(_notes(first)),
        pairs=len(pairs),
    )


def _timed(case: Case, pairs: Sequence[Pair], rule: Rule, alpha: float) -> Timed:
    both = [(pair.a.times[case], pair.b.times[case]) for pair in pairs if case in pair.a.times and case in pair.b.times]
    logs_a, logs_b = ([math.log(seconds) for seconds in side] for side in zip(*both, strict=True))
    bounds = sequential.bounds([b - a for a, b in zip(logs_a, logs_b, strict=True)], alpha)
    return Timed(case=case, a=_mean(logs_a), b=_mean(logs_b), bounds=bounds, verdict=rule.verdict(bounds))


def _mean(logs: Sequence[float]) -> float:
    return math.exp(math.fsum(logs) / len(logs))


def _breakages(pairs: Sequence[Pair]) -> Iterator[Breakage]:
    a, b = _reasons(pair.a for pair in pairs), _reasons(pair.b for pair in pairs)
    # A side without a run has no case: that the other one broke some of them is no news.
    for what in [WHOLE] if WHOLE in {*a, *b} else dict.fromkeys([*b, *a]):
        yield Breakage(what=what, a=a.get(what, ""), b=b.get(what, ""))


def _reasons(readings: Iterator[Reading]) -> Mapping[str, str]:
    """The first reason that was given for each."""
    reasons: dict[str, str] = {}
    for reading in readings:
        reasons = dict(reading.broken) | reasons
    return reasons


def _apart(pair: Pair) -> Iterator[tuple[Case, Letter]]:
    """Cases that only one side has: those that it breaks are not among them."""
    if pair.a.is_lost or pair.b.is_lost:
        return
    for case in pair.a.times:
        if case not in pair.b.times and not _names(pair.b.broken, case):
            yield case, "A"
    for case in pair.b.times:
        if case not in pair.a.times and not _names(pair.a.broken, case):
            yield case, "B"


def _names(broken: Mapping[str, str], case: Case) -> bool:
    # The set-up of a part has no variant: where it fails, all of its variants are missing.
    return any(printable(label) in broken for label in (case.label, case.whole.label, case.exercise))


def _notes(pair: Pair) -> Iterator[str]:
    """What else differs between the sides, and what does not though one may think so."""
    a, b = pair.a.environment, pair.b.environment
    if a is None or b is None:
        return
    yield from (printable(difference) for difference in environment.differences(a, b))
    yield from _other_packages(a.packages, b.packages)
    if pair.a.sources and pair.a.sources == pair.b.sources:
        yield "the files of the exercises are the same on both sides; what they import or read may differ"


def _other_packages(a: Mapping[str, str], b: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(a.keys() | b.keys()):
        if a.get(name) != b.get(name):
            yield printable(f"different {name}: {a.get(name, 'none')} and {b.get(name, 'none')}")
