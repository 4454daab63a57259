"""The task that holds every variant in float32 against the reference in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from bench.execute.child import following, portraits
from bench.execute.child.context import Call, TaskContext
from bench.execute.child.following import Changed
from bench.execute.child.truths import Answer, keep, place, truth_of
from bench.execute.guests.invited import invited, named
from bench.execute.guests.process import GuestProcess
from bench.measure import agreement, diagnosis, inputs
from bench.measure.agreement import Disagreement, Expectation
from bench.measure.relations import Sizes
from bench.measure.sampling import FirstCall
from bench.model import Observation, VariantResult

PREPARED = "it does not compute from the tensors of the problem themselves: what its set-up prepares is not timed"


NO_SIZES: Sizes = {}


def agree(context: TaskContext) -> Observation:
    import torch

    with invited(context.order, context.task, context.order.guests) as processes:
        truth = truth_of(context, context.case.seed)
        calls = context.calls(torch.float32, context.case.seed)
        expected = Expectation(agreement.named(calls[context.reference]()), truth, context.part.tolerance)
        keep(place(context, context.case.seed, torch.float32), dict(expected.reference))
        # After the reference's call: what it changes of its own, as a training does, it finds again each time.
        watched = inputs.Watched(calls[context.reference])
        sizes = sizes_of(context, calls[context.reference])
        actions = {
            name: partial(hold, call, expected, None if name == context.reference else watched, sizes)
            for name, call in calls.items()
            if not context.order.guests_alone
        }
        # Only where there are guests, and once for all of them.
        changed = cache(partial(following.change, context, context.case.seed, expected))
        guests = named(processes, calls)
        held = partial(hold_guest, expected=expected, context=context, changed=changed, sizes=sizes)
        actions |= {name: partial(held, guest) for name, guest in guests.items()}
        results = {name: context.attempt(name, actions[name]) for name in context.wanted(actions)}
    return context.observed(results)


def sizes_of(context: TaskContext, reference: Call) -> Sizes:
    """What a factor may be: a size of what the reference computes from, or a parameter of the case."""
    shapes = [tuple(tensor.shape) for tensor in inputs.held(reference)]
    axes = [(size, axis, shape) for shape in shapes for axis, size in enumerate(shape)]
    # Of several with one size the first counts, and rows before columns.
    own: dict[int, str] = {}
    for size, axis, shape in sorted(axes, key=lambda each: each[1]):
        own.setdefault(size, f"axis {axis} of a tensor of the problem, {shape}, has {size} elements")
    counts = {n: f"{name} = {n}" for name, n in context.case.parameters.items() if type(n) is int}
    return own | counts


def hold(
    call: Call, expected: Expectation, watched: inputs.Watched | None = None, sizes: Sizes = NO_SIZES
) -> VariantResult:
    """Hold an answer against the reference's. Had it spoilt what they share, the next would be blamed."""
    answer = agreement.named(call())
    if watched and watched.is_changed():
        spoilt = not following.agrees(expected, agreement.named(watched.call()))
        watched.put_back()
        if spoilt:
            raise Disagreement("changes in place what the reference computes from: work on a copy")
    return judged(expected, answer, sizes)


def hold_guest(
    guest: GuestProcess, *, expected: Expectation, context: TaskContext, changed: Callable[[], Changed], sizes: Sizes
) -> VariantResult:
    """Hold a guest against the reference, and then see that it computes what it gives."""
    guest.expects(expected.truth)
    guest.set_up(0, context.case.seed)
    answer = FirstCall.make(guest).answer
    result = judged(expected, answer, sizes)
    if context.order.portraits and result.outcome == "disagrees":
        portraits.keep(context.order.folder, guest.name, answer, expected)
    if result.outcome == "ok" and not following.require_computed(guest, changed()):
        guest.notes.append(PREPARED)
    return replace(result, notes=tuple(guest.notes))


def judged(expected: Expectation, answer: Answer, sizes: Sizes) -> VariantResult:
    """The verdict; of an answer that does not agree with what its tensors tell of the reason."""
    try:
        verdict = expected.judge(answer)
    except Disagreement as error:
        reasons = str(error), diagnosis.diagnose(answer, expected, sizes)
        return VariantResult(outcome="disagrees", reason="; ".join(filter(None, reasons)))
    if verdict.passed:
        return VariantResult(agreement=verdict)
    reasons = diagnosis.diagnose(answer, expected, sizes), agreement.in_words(verdict)
    return VariantResult(outcome="disagrees", reason="; ".join(filter(None, reasons)), agreement=verdict)
