"""Whether variants fit into memory: each is set up and called, and nothing else is in memory beside it.

No truth is computed and nothing is held against it: a reference in float64 needs more than what it is to judge.
"""

from __future__ import annotations

from functools import partial

from bench.execute.child.context import TaskContext
from bench.measure import clock, memory
from bench.model import Observation, VariantResult

CALLS = 2
"""What a first call leaves behind, as gradients, is in memory beside the second, as it would be in a loop."""


def fit(context: TaskContext) -> Observation:
    """The variant of the case, or every one by itself where it names none."""
    import torch

    memory.return_memory_at_once()
    case = context.case
    names = list(context.calls(torch.float32, case.seed)) if case.variant is None else [case.variant]
    return context.observed({name: context.attempt(name, partial(_call, context, name)) for name in names})


def _call(context: TaskContext, name: str) -> VariantResult:
    import torch

    memory.settle()  # what an earlier variant has freed must not count
    call = context.calls(torch.float32, context.case.seed)[name]
    for _ in range(CALLS):
        call()
    clock.synchronise(context.device)
    return VariantResult()
