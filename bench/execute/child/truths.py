"""The reference's answers: computed once a run, and kept for the other processes that hold variants against them.

They are kept in a folder that the run removes at its end, and not at all where there are guests: what a guest could
read or write would be no truth.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bench import tensor_file
from bench.execute.child.context import TaskContext
from bench.measure import agreement
from bench.measure.agreement import Expectation

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Answer = dict[str, "Tensor"]
MOST = 1 << 24
"""Bytes of an answer that is kept: a larger one is computed nearly as soon as it is read."""


def truth_of(context: TaskContext, seed: int) -> Answer:
    """The reference's answer on the inputs of a seed, in float64."""
    import torch

    return answer_of(context, seed, torch.float64)


def expectation_of(context: TaskContext, seed: int) -> Expectation:
    """What must come out of these inputs, where the reference itself is not needed."""
    import torch

    return Expectation(answer_of(context, seed, torch.float32), truth_of(context, seed), context.part.tolerance)


def answer_of(context: TaskContext, seed: int, dtype: torch.dtype) -> Answer:
    path = place(context, seed, dtype)
    if path and (answer := recall(path)):
        return answer
    answer = agreement.named(context.calls(dtype, seed)[context.reference]())
    keep(path, answer)
    return answer


def place(context: TaskContext, seed: int, dtype: torch.dtype) -> Path | None:
    if not context.order.scratch or context.order.guests:
        return None
    name = sha256(repr((context.case.whole.key, seed, str(dtype))).encode()).hexdigest()
    return Path(context.order.scratch, f"{name}.answer")


def recall(path: Path) -> Answer | None:
    """An answer that was kept; none where there is none, or no whole one."""
    import torch

    loaded = tensor_file.recall(path)
    whole = isinstance(loaded, dict) and all(isinstance(each, torch.Tensor) for each in loaded.values())
    return loaded if whole else None


def keep(path: Path | None, answer: Answer) -> None:
    """Unless it is large."""
    if path is not None and sum(tensor.nbytes for tensor in answer.values()) <= MOST:
        tensor_file.keep(path, {name: tensor.cpu() for name, tensor in answer.items()})
