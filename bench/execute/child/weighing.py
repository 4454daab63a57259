"""The task that weighs one variant: the peak of its first call on a fresh set-up, and whether what it gave is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.errors import PluginError
from bench.execute.child.context import NEXT, Call, TaskContext
from bench.execute.child.truths import expectation_of
from bench.execute.guests.invited import called, invited
from bench.execute.guests.process import GuestProcess
from bench.measure import agreement, memory, weighing
from bench.measure.weighing import Keeper
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
    # What must come out is computed last: it must not lie in the caches of what is weighed.
    expectation_of(context, context.case.seed).require(answer)
    return context.observed({variant: VariantResult(memory=weighed, notes=tuple(notes))})


def of_own(context: TaskContext, variant: str, warm: dict[str, Call]) -> tuple[Memory, dict[str, Tensor]]:
    import torch

    if variant not in warm:
        raise PluginError(f"{variant!r} is not among the variants {', '.join(warm)}")
    # What a library loads or caches at its first call is none of the variant's memory.
    warm[variant]()
    keeper = Keeper(lambda: context.calls(torch.float32, context.case.seed)[variant])
    weighed = weighing.weigh(keeper.fresh, context.device)
    return weighed, agreement.named(keeper.result)


def of_guest(context: TaskContext, guest: GuestProcess) -> tuple[Memory, dict[str, Tensor]]:
    guest.ask("its process", "return_memory")
    guest.set_up(0, context.case.seed + NEXT)
    guest.block(0, 1)
    return guest.weigh(context.case.seed), guest.answer()
