"""The task that weighs one variant: the peak of its first call on a fresh set-up, and whether what it gave is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.errors import PluginError
from bench.execute.child.context import NEXT, Call, TaskContext
from bench.execute.guests.invited import called, invited
from bench.execute.guests.process import GuestProcess
from bench.measure import agreement, memory
from bench.measure.agreement import Expectation
from bench.model import Memory, Observation, VariantResult

if TYPE_CHECKING:
    from torch import Tensor


def weigh(context: TaskContext) -> Observation:
    """Another set-up warms the libraries before."""
    import torch

    variant = context.case.variant or context.reference
    with invited(context.order, context.task, called(context.order.guests, variant)) as guests:
        memory.return_memory_at_once()
        context.working_on(variant)
        calls = context.calls(torch.float32, context.case.seed + NEXT)
        # The first of several: its like has a longer name.
        guest = None if variant in calls else next(iter(guests), None)
        weighed, answer = of_guest(context, guest) if guest else of_own(context, variant, calls)
        notes = guest.notes if guest else ()
    # The truth comes last: what it takes must not lie in the caches of what is weighed.
    truth = agreement.named(context.calls(torch.float64, context.case.seed)[context.reference]())
    reference = agreement.named(context.calls(torch.float32, context.case.seed)[context.reference]())
    Expectation(reference, truth, context.part.tolerance).require(answer)
    return context.observed({variant: VariantResult(memory=weighed, notes=tuple(notes))})


def of_own(context: TaskContext, variant: str, warm: dict[str, Call]) -> tuple[Memory, dict[str, Tensor]]:
    import torch

    if variant not in warm:
        raise PluginError(f"{variant!r} is not among the variants {', '.join(warm)}")
    warm[variant]()
    call, answers = context.calls(torch.float32, context.case.seed)[variant], []
    weighed = memory.weigh(lambda: answers.append(call()), context.device)
    return weighed, agreement.named(answers[0])


def of_guest(context: TaskContext, guest: GuestProcess) -> tuple[Memory, dict[str, Tensor]]:
    guest.ask("its process", "return_memory")
    for slot, seed in enumerate((context.case.seed + NEXT, context.case.seed)):
        guest.set_up(slot, seed)
        if not slot:
            guest.block(slot, 1)
    return guest.weigh(1), guest.answer()
