"""From observations, one a child process, to records, one a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.execute.outcomes import SEVERITY
from bench.model import Case, Memory, Observation, Outcome, Record, Seen


def records(observations: Iterable[Observation]) -> tuple[Record, ...]:
    """Every record that the observations give, in the order in which their cases began."""
    cases: dict[str, list[Observation]] = {}
    for observation in observations:
        case = replace(observation.task.case, variant=None)
        cases.setdefault(repr(case), []).append(observation)
    return tuple(record for seen in cases.values() for record in of_case(seen))


def of_case(observations: Sequence[Observation]) -> tuple[Record, ...]:
    """The record of a study, or one record a variant of a comparison."""
    case = replace(observations[0].task.case, variant=None)
    variants = list(dict.fromkeys(name for seen in observations for name in seen.variants))
    if not variants:
        return (whole(case, observations[0]),)
    return tuple(of_variant(replace(case, variant=name), observations) for name in variants)


def whole(case: Case, seen: Observation) -> Record:
    """The record of a case that was not told apart by variants."""
    return Record(
        case=case,
        outcome=seen.outcome,
        reason=seen.reason,
        detail=seen.detail,
        missing=seen.missing,
        seconds=seen.seconds,
        findings=seen.findings,
    )


def of_variant(case: Case, observations: Sequence[Observation]) -> Record:
    name = str(case.variant)
    concern = [observation for observation in observations if observation.task.case.variant in (None, name)]
    seen = [about(name, observation) for observation in concern]
    outcome, reason, detail = worst(seen)
    return Record(
        case=case,
        outcome=outcome,
        reason=reason,
        detail=detail,
        missing=any(observation.missing for observation in concern),
        seconds=sum(observation.seconds for observation in concern),
        findings=concern[0].findings,
        agreement=next((one.agreement for one in seen if one.agreement), None),
        samples=tuple(sample for one in seen for sample in one.samples),
        memory=together([one.memory for one in seen if one.memory]),
        work=next((observation.work for observation in concern if observation.work), None),
    )


def about(name: str, observation: Observation) -> Seen:
    """What an observation says of one variant. A child that died of another variant says nothing of this one."""
    if name in observation.variants:
        return observation.variants[name]
    if observation.outcome == "ok" or observation.variants:
        return Seen()
    return Seen(outcome=observation.outcome, reason=observation.reason, detail=observation.detail)


def worst(seen: Sequence[Seen]) -> tuple[Outcome, str, str]:
    bad = max(seen, key=lambda one: SEVERITY[one.outcome])
    return bad.outcome, bad.reason, bad.detail


def together(memories: Sequence[Memory]) -> Memory | None:
    """The peaks of several fresh processes as one value; the largest baseline and reservation."""
    if not memories:
        return None
    reserved = [memory.reserved for memory in memories if memory.reserved is not None]
    return Memory(
        tuple(peak for memory in memories for peak in memory.peaks),
        max(memory.baseline for memory in memories),
        memories[0].source,
        max(reserved) if reserved else None,
    )
