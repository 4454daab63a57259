"""What the records of a run say together: claims over seeds and devices, metrics with their range, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from bench.analysis import quantities, statistics
from bench.model import Case, Claim, ExerciseInfo, Parameter, PartInfo, Record, Run, notable, variations

SYMBOLS = {"at_most": "≤", "at_least": "≥", "equals": "="}
BROKEN = {"at_most": ">", "at_least": "<", "equals": "≠"}
SCOPES = {
    "smoke": "Smoke: everything runs, on next to nothing; its numbers are no results.",
    "quick": "Quick: less is trained, and timed more briefly, than the questions ask for.",
    "full": "Full: the numbers of the questions, unless the command says otherwise.",
}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim over all its seeds and devices: the worst of them, and where that was."""

    worst: Claim
    where: str
    passed: int
    total: int
    place: str = ""
    """Where it was made, in a part that was done on several places: it is told of each by itself."""

    @property
    def ok(self) -> bool:
        return self.passed == self.total

    @property
    def found(self) -> str:
        """ "cuda, seed 1, node-2": where the worst was."""
        return ", ".join(filter(None, (self.where, self.place)))


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricLine:
    """One metric on one device over all its seeds."""

    name: str
    unit: str
    device: str
    median: float
    low: float
    high: float
    count: int
    which: str = ""
    """The parameters of these cases, where others of the part have other ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a run, an exercise or a part went. A case is one combination of the parameters of a part, a device and a
    seed: all variants of a comparison are measured in it, and it went wrong with any of them."""

    claims_passed: int
    claims: int
    cases_passed: int
    cases: int
    skipped: int

    @property
    def ok(self) -> bool:
        return self.claims_passed == self.claims and self.ran

    @property
    def ran(self) -> bool:
        """Whether nothing went wrong, whatever was claimed of it."""
        return self.cases_passed == self.cases

    @property
    def ran_words(self) -> str:
        """What may be said of smoke: "everything ran (2 cases)", "1 of 14 cases went wrong"."""
        if not self.ran:
            return f"{self.cases - self.cases_passed} of {plural(self.cases, 'case')} went wrong"
        return f"everything ran ({plural(self.cases, 'case')})" if self.cases else "nothing ran"

    @property
    def words(self) -> str:
        """ "7 of 8 claims hold, 2 of 14 cases went wrong"."""
        phrases = [f"{self.claims_passed} of {self.claims} claims hold"] if self.claims else []
        if not self.ran:
            phrases.append(self.ran_words)
        elif not self.claims:
            phrases.append(f"{plural(self.cases, 'case')} measured" if self.cases else "nothing ran")
        return ", ".join(phrases + ([f"{self.skipped} skipped"] if self.skipped else []))


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run went, in words. The ``mark`` is empty of what is neither good nor bad: a run in smoke that ran, and
    one that was stopped and has no failure yet."""

    ok: bool
    mark: str
    words: str


def verdict(run: Run) -> Verdict:
    """The run in one line: "7 of 8 claims hold; 1 broken plugin"."""
    counts, smoke = tally(run.records), run.profile == "smoke"
    ok = (counts.ran if smoke else counts.ok) and not run.broken
    broken = f"; {plural(len(run.broken), 'broken plugin')}" if run.broken else ""
    words = f"{counts.ran_words if smoke else counts.words}{broken}"
    if not run.finished:
        # What is not done yet may fail: nothing that ends here is a success.
        return Verdict(ok, "" if ok else "✗", f"stopped before its end; so far {words}")
    return Verdict(ok, "✗" if not ok else "" if smoke else "✓", words)


def found(part: PartInfo, records: Sequence[Record], *, judged: bool) -> str:
    """ "14 claims", "12 of 14 claims hold", "3 variants agree with autograd", "4 methods"; of smoke what ran."""
    counts = tally(records)
    compared = {record.case.variant for record in records if record.case.variant is not None}
    wrong = {record.case.variant for record in records if not record.passed and record.case.variant is not None}
    kind = "method" if part.kind == "race" else "variant"
    if compared and wrong:
        return f"{len(wrong)} of {plural(len(compared), kind)} went wrong"
    if compared and part.kind == "race":
        return plural(len(compared), kind)
    if not judged:
        return plural(len(compared), kind) if compared and counts.ran else counts.ran_words
    others = len(compared - {part.reference})
    if compared and counts.ok:
        return f"{plural(others, 'variant')} agree{'s' if others == 1 else ''} with {part.reference}"
    return plural(counts.claims, "claim") if counts.ok and counts.claims else counts.words


def total(tallies: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    listed = list(tallies)
    return Tally(**{each.name: sum(getattr(tally, each.name) for tally in listed) for each in fields(Tally)})


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def exercises(run: Run) -> tuple[ExerciseInfo, ...]:
    """The exercises of a run; one that only records know is made up from them."""
    known = {exercise.id for exercise in run.exercises}
    unknown = dict.fromkeys(record.case.exercise for record in run.records if record.case.exercise not in known)
    return (*run.exercises, *(ExerciseInfo(id=id, title=id) for id in unknown))


def parts(run: Run, exercise: ExerciseInfo) -> tuple[PartInfo, ...]:
    """The parts of an exercise that this run has records of."""
    recorded = dict.fromkeys(record.case.part for record in run.records if record.case.exercise == exercise.id)
    known = {part.id: part for part in exercise.parts}
    return (
        *(part for part in exercise.parts if part.id in recorded),
        *(PartInfo(id=id, title=id, kind="study") for id in recorded if id not in known),
    )


def records_of(run: Run, exercise: str, part: str | None = None) -> tuple[Record, ...]:
    return tuple(r for r in run.records if r.case.exercise == exercise and part in (None, r.case.part))


def tally(records: Iterable[Record]) -> Tally:
    """Count claims one by one, and cases that passed, failed claims aside."""
    listed = tuple(records)
    claims = [claim for record in listed for claim in record.findings.claims]
    # What an exercise leaves out by itself is no case; what misses its data was meant to run.
    ran = [record for record in listed if record.outcome != "skipped" or record.missing]
    cases = {record.case.whole for record in ran}
    wrong = {record.case.whole for record in ran if record.outcome != "ok"}
    return Tally(
        claims_passed=sum(claim.passed for claim in claims),
        claims=len(claims),
        cases_passed=len(cases - wrong),
        cases=len(cases),
        skipped=len(listed) - len(ran),
    )


def claim_lines(records: Iterable[Record]) -> tuple[ClaimLine, ...]:
    """Claims by name, in the order they were made, and by place where there are several."""
    listed = list(records)
    which, several = variations(record.case for record in listed), is_spread(listed)
    by_name: dict[str, dict[str, list[tuple[Claim, Record]]]] = {}
    for record in listed:
        for claim in record.findings.claims:
            by_place = by_name.setdefault(claim.name, {})
            by_place.setdefault(record.place if several else "", []).append((claim, record))
    return tuple(_line(pairs, which, place) for by_place in by_name.values() for place, pairs in by_place.items())


def is_spread(records: Iterable[Record]) -> bool:
    """Whether these were done on more than one place."""
    return len({record.place for record in records}) > 1


def _line(pairs: list[tuple[Claim, Record]], which: dict[Case, str], at: str) -> ClaimLine:
    worst, record = max(pairs, key=lambda pair: (not pair[0].passed, miss(pair[0])))
    where = ", ".join(word for word in (place(record), which[record.case.unseeded]) if word)
    return ClaimLine(worst, where, sum(claim.passed for claim, _ in pairs), len(pairs), place=at)


def miss(claim: Claim) -> float:
    """How far a claim is on the wrong side of its bound; negative on the right side."""
    if claim.relation == "at_most":
        return claim.value - claim.bound
    return claim.bound - claim.value if claim.relation == "at_least" else abs(claim.value - claim.bound)


def place(record: Record) -> str:
    """ "cuda, seed 1"."""
    return f"{record.case.device}, seed {record.case.seed}"


def metric_lines(records: Iterable[Record]) -> tuple[MetricLine, ...]:
    """Metrics by name and case, seeds taken together, in the order they were recorded. Of several places only what
    a machine's speed and memory do not move is taken together."""
    listed = list(records)
    which, several = variations(record.case for record in listed), is_spread(listed)
    by_key: dict[tuple[str, str, Case, str], list[float]] = {}
    for record in listed:
        for metric in record.findings.metrics:
            at = record.place if several and quantities.is_of_machine(metric.unit) else ""
            by_key.setdefault((metric.name, metric.unit, record.case.unseeded, at), []).append(metric.value)
    return tuple(
        _metric_line(name, unit, case.device, values=values, which=", ".join(filter(None, (which[case], at))))
        for (name, unit, case, at), values in by_key.items()
    )


def _metric_line(name: str, unit: str, device: str, *, values: list[float], which: str) -> MetricLine:
    median, low, high = statistics.range_of(values)
    return MetricLine(
        name=name, unit=unit, device=device, median=median, low=low, high=high, count=len(values), which=which
    )


def problems(records: Iterable[Record]) -> Iterator[Record]:
    """Records that are not ok, the worst first."""
    order = ("disagrees", "failed", "oom", "timeout", "skipped")
    listed = [record for record in records if record.outcome != "ok"]
    yield from sorted(listed, key=lambda record: order.index(record.outcome))


def parameters(record: Record, declared: Mapping[str, Parameter]) -> str:
    """ "batch=8, width=32": those that are swept, or are not as declared."""
    return ", ".join(f"{name}={value}" for name, value in notable(record.case.parameters, declared).items())


def declared(run: Run) -> dict[tuple[str, str], Mapping[str, Parameter]]:
    """The parameters of every exercise's parts that the run knows."""
    return {(exercise.id, part.id): part.parameters for exercise in run.exercises for part in exercise.parts}


def case_name(record: Record, declared: Mapping[str, Parameter]) -> str:
    """ "ex07.b by hand (batch=8; cpu, seed 0)"."""
    case = record.case
    inside = "; ".join(piece for piece in (parameters(record, declared), place(record)) if piece)
    return f"{case.exercise}.{case.part}{f' {case.variant}' if case.variant else ''} ({inside})"


def case_fields(case: Case) -> dict[str, object]:
    """What documents of several runs call a case: without its seed, for in a history seeds are repetitions."""
    named = {"exercise": case.exercise, "part": case.part, "device": case.device}
    return {**named, "parameters": dict(case.parameters), "variant": case.variant}


def tell_apart(value: float, bound: float, passed: bool) -> tuple[str, str]:
    """A value and its bound, with digits enough to tell them apart: six at most, or all that it takes if it failed."""
    for digits in range(3, 7 if passed else 17):
        if quantities.number(value, digits) != quantities.number(bound, digits):
            return quantities.number(value, digits), quantities.number(bound, max(digits, 4))
    return quantities.number(value, 4), quantities.number(bound, 4)


def scope(run: Run) -> str:
    """How much of the questions the profile does, and on which data: what a reader must know before any number."""
    names = dict.fromkeys(source.name for record in run.records for source in record.findings.data)
    return " ".join([SCOPES[run.profile], *([f"Data: {', '.join(names)}."] if names else [])])
