"""The task that holds every variant in float32 against the reference in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial

from bench.execute.child import following
from bench.execute.child.context import Call, TaskContext
from bench.execute.child.following import Changed
from bench.execute.child.truths import keep, place, truth_of
from bench.execute.guests.invited import invited, named
from bench.execute.guests.process import GuestProcess
from bench.measure import agreement, inputs
from bench.measure.agreement import Disagreement, Expectation
from bench.measure.sampling import FirstCall
from bench.model import Agreement, Observation, VariantResult

PREPARED = "it does not compute from the tensors of the problem themselves: what its set-up prepares is not timed"


def agree(context: TaskContext) -> Observation:
    import torch

    with invited(context.order, context.task, context.order.guests) as processes:
        truth = truth_of(context, context.case.seed)
        calls = context.calls(torch.float32, context.case.seed)
        expected = Expectation(agreement.named(calls[context.reference]()), truth, context.part.tolerance)
        keep(place(context, context.case.seed, torch.float32), dict(expected.reference))
        # After the reference's call: what it changes of its own, as a training does, it finds again each time.
        watched = inputs.Watched(calls[context.reference])
        actions = {
            name: partial(hold, call, expected, None if name == context.reference else watched)
            for name, call in calls.items()
        }
        # Only where there are guests, and once for all of them.
        changed = cache(partial(following.change, context, context.case.seed, expected))
        guests = named(processes, calls)
        actions |= {name: partial(hold_guest, guest, expected, context, changed) for name, guest in guests.items()}
        results = {name: context.attempt(name, actions[name]) for name in context.wanted(actions)}
    return context.observed(results)


def hold(call: Call, expected: Expectation, watched: inputs.Watched | None = None) -> VariantResult:
    """Hold an answer against the reference's. Had it spoilt what they share, the next would be blamed."""
    answer = agreement.named(call())
    if watched and watched.is_changed():
        spoilt = not following.agrees(expected, agreement.named(watched.call()))
        watched.put_back()
        if spoilt:
            raise Disagreement("changes in place what the reference computes from: work on a copy")
    return judged(expected.judge(answer))


def hold_guest(
    guest: GuestProcess, expected: Expectation, context: TaskContext, changed: Callable[[], Changed]
) -> VariantResult:
    """Hold a guest against the reference, and then see that it computes what it gives."""
    guest.expects(expected.truth)
    guest.set_up(0, context.case.seed)
    result = judged(expected.judge(FirstCall.make(guest).answer))
    if result.outcome == "ok" and not following.require_computed(guest, changed()):
        guest.notes.append(PREPARED)
    return replace(result, notes=tuple(guest.notes))


def judged(verdict: Agreement) -> VariantResult:
    if verdict.passed:
        return VariantResult(agreement=verdict)
    return VariantResult(outcome="disagrees", reason=agreement.in_words(verdict), agreement=verdict)
