"""The reference's answers in float64: computed once a run, and kept for the other processes that need them.

They are kept in a folder that the run removes at its end, and not at all where there are guests: what a guest could
read or write would be no truth.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from bench.execute.child.context import TaskContext
from bench.measure import agreement

if TYPE_CHECKING:
    from torch import Tensor

Truth = dict[str, "Tensor"]
MOST = 1 << 24
"""Bytes of an answer that is kept: a larger one is computed nearly as soon as it is read."""


def truth_of(context: TaskContext, seed: int) -> Truth:
    """The reference's answer on the inputs of a seed, in float64."""
    import torch

    path = place(context, seed)
    if path and (truth := recall(path)):
        return truth
    truth = agreement.named(context.calls(torch.float64, seed)[context.reference]())
    if path and sum(tensor.nbytes for tensor in truth.values()) <= MOST:
        keep(path, truth)
    return truth


def place(context: TaskContext, seed: int) -> Path | None:
    if not context.order.scratch or context.order.guests:
        return None
    name = sha256(repr((context.case.whole.key, seed)).encode()).hexdigest()
    return Path(context.order.scratch, f"{name}.truth")


def recall(path: Path) -> Truth | None:
    """A truth that was kept; none where there is none, or no whole one."""
    import torch

    try:
        kept = torch.load(path, weights_only=True, map_location="cpu")
    except Exception:  # whatever is wrong with it, it can be computed anew
        return None
    return kept if isinstance(kept, dict) and all(isinstance(each, torch.Tensor) for each in kept.values()) else None


def keep(path: Path, truth: Truth) -> None:
    """Whole or not at all: another process may be about to read it."""
    import torch

    half = path.with_suffix(f".{os.getpid()}")
    with suppress(OSError, RuntimeError):  # no room, or no folder (torch says it so): then it is computed again
        torch.save({name: tensor.cpu() for name, tensor in truth.items()}, half)
        half.replace(path)
