"""`bench check`: what an exercise promises by being one, tried in a child process with the smoke profile."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bench import plugins
from bench.errors import Skip
from bench.execute import parameters
from bench.execute.child import agreeing, racing, tasks
from bench.execute.child.context import TaskContext, Teller
from bench.execute.messages import Channel, Checked, Order, Verdicts
from bench.execute.observations import records_of_case
from bench.execute.outcomes import outcome_of
from bench.lab import SECONDS
from bench.measure import agreement, world
from bench.model import Case, Exercise, Findings, Part, Task, Work


def check(order: Order, channel: Channel) -> Verdicts:
    """Every promise, kept or not; a plugin that cannot be loaded breaks the first one."""
    seen = Seen()
    return Verdicts(tuple(promises(order, channel, seen)), found=seen.found, variants=seen.variants, work=seen.work)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the parts turned out to have, for whoever holds a written answer against it; a race has its methods in
    ``variants``."""

    found: dict[str, Findings] = field(default_factory=dict)
    variants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    work: dict[str, Work] = field(default_factory=dict)


def promises(order: Order, channel: Channel, seen: Seen) -> Iterator[Checked]:
    before = world.world()
    try:
        exercise = plugins.load(order.module)
    except BaseException as error:
        yield Checked("it loads, and its hook gives an Exercise", outcome_of(error)[1])
        return
    yield Checked("it loads, and its hook gives an Exercise")
    yield Checked("its import changes no global state", world.changes(before, world.world()))
    yield Checked(
        "it has parts", "" if exercise.parts else "no part is declared: use @exercise.study, .comparison or .race"
    )
    yield from of_parts(order, exercise, channel, seen)


def of_parts(order: Order, exercise: Exercise, channel: Teller, seen: Seen) -> Iterator[Checked]:
    """What each part promises that a CPU can run."""
    for part in exercise.parts.values():
        if "cpu" in part.devices:
            with tempfile.TemporaryDirectory() as folder:
                yield from of_part(replace(order, folder=folder), part, channel, seen)


def of_part(order: Order, part: Part, channel: Teller, seen: Seen) -> Iterator[Checked]:
    before = world.world()
    values = next(parameters.combinations(part.described, {}, "smoke"))
    case = Case(exercise=order.exercise, part=part.id, device="cpu", seed=0, parameters=values)
    context = TaskContext(order=order, task=Task.first(part.kind, case), part=part, channel=channel)
    if part.kind == "study":
        yield promise(f"{part.id}: two runs with one seed find the same", lambda: same_findings(context, seen))
    elif part.kind == "race":
        yield promise(
            f"{part.id}: its methods yield numbers, and one of them reaches {part.described.at('smoke').target}",
            lambda: wins(context, seen),
        )
        yield promise(f"{part.id}: two runs with one seed go alike", lambda: same_courses(context))
    else:
        if part.work:
            yield promise(f"{part.id}: what a call gets done is a sound Work", lambda: counts(context, seen))
        yield promise(f"{part.id}: two set-ups with one seed compute the same", lambda: same_outputs(context, seen))
        yield promise(f"{part.id}: its variants agree with the reference", lambda: all_agree(context))
    yield Checked(f"{part.id}: it changes no global state", world.changes(before, world.world()))


def promise(text: str, problem: Callable[[], str]) -> Checked:
    try:
        return Checked(text, problem())
    except Skip as skipped:
        return Checked(f"{text} (skipped: {skipped})")
    except BaseException as error:  # such as its sys.exit(): the other promises are looked at all the same
        return Checked(text, outcome_of(error)[1])


def same_findings(context: TaskContext, seen: Seen) -> str:
    first, second = (tasks.study(context).findings for _ in range(2))
    seen.found[context.part.id] = second
    kinds = ("claims", "metrics", "curves", "tables")
    return next((problem for kind in kinds if (problem := difference(kind, first, second))), "")


def difference(kind: str, first: Findings, second: Findings) -> str:
    a, b = (repeatable(getattr(findings, kind)) for findings in (first, second))
    if a == b:
        return ""
    if len(a) != len(b):
        return f"{len(a)} {kind}, then {len(b)}"
    name = next(x.name for x, y in zip(a, b, strict=True) if x != y)
    return f"{kind}: {name!r} differs from one run to the next; draw from lab.generator(), time with lab.timed()"


def repeatable(findings: Sequence[Any]) -> list[Any]:
    """All but the times, which ``lab.timed`` records."""
    return [finding for finding in findings if getattr(finding, "unit", "") != SECONDS]


def counts(context: TaskContext, seen: Seen) -> str:
    work = context.part.work(**context.values) if context.part.work else None
    if not isinstance(work, Work):
        return f"work gives a {type(work).__name__}, and not a Work"
    seen.work[context.part.id] = work
    return ""


def same_outputs(context: TaskContext, seen: Seen) -> str:
    import torch

    first, second = (context.calls(torch.float64, 0) for _ in range(2))
    seen.variants[context.part.id] = tuple(first)
    for name, call in first.items():
        output, repeated = agreement.named(call()), agreement.named(second[name]())
        if output.keys() != repeated.keys() or not all(torch.equal(output[key], repeated[key]) for key in output):
            return f"{name!r} gives other values from the same seed: draw from lab.generator()"
    return ""


def all_agree(context: TaskContext) -> str:
    bad = {name: result for name, result in agreeing.agree(context).variants.items() if result.outcome != "ok"}
    return "; ".join(f"{name!r}: {result.reason}" for name, result in bad.items())


def wins(context: TaskContext, seen: Seen) -> str:
    records = records_of_case([racing.race(context)])
    seen.variants[context.part.id] = tuple(record.case.variant or "" for record in records)
    return "; ".join(f"{record.case.variant!r}: {record.reason}" for record in records if record.outcome != "ok")


def same_courses(context: TaskContext) -> str:
    """Step by step the same values, and as many evaluations."""
    track, starts = racing.Track.of(context), racing.methods(context)
    for name, start in starts.items():
        first, second = track.run(start), track.run(start)
        # As text: a NaN that comes again is no difference.
        if (str(first.values), first.evaluations) != (str(second.values), second.evaluations):
            return f"{name!r} goes another way from the same seed: let start() make its generators and weights anew"
    return ""
