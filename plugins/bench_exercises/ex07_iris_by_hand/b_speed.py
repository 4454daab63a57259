"""7b, timed: the same steps by autograd and by hand, in PyTorch, in NumPy and compiled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, relative_error

from .b_in_numpy import InNumPy
from .b_in_place import InPlace
from .by_hand import train
from .network import Network
from .problem import Task, Variants, pose
from .reference import train_by_autograd

STEPS = 20
CLOSE = 1e-13
"""In so few steps; an ε that is wrong by a factor of 10 moves the parameters by 1e-10."""


def exactly(lab: Lab) -> None:
    """Every variant against autograd in float64, where Adam's ε is more than rounding."""
    calls = variants(lab, STEPS, compiling=lab.profile != "smoke")  # compiling takes longer than all of smoke
    expected = calls.pop("autograd")()
    errors = [relative_error(call(), expected) for call in calls.values()]
    lab.claim("every way to take a step, in float64 = autograd", largest(errors), at_most=CLOSE)


def variants(lab: Lab, steps: int, *, compiling: bool = True) -> Variants:
    """Every variant gives an ``outcome``."""
    task = pose(lab)
    calls: Variants = {
        "autograd": partial(train_by_autograd, task, steps),
        "autograd, fused": partial(train_by_autograd, task, steps, fused=True),
        "by hand": partial(train, Network, task, steps),
        "by hand, in place": InPlace(task, steps).train,
    }
    if lab.device.type == "cpu":
        calls["by hand, NumPy"] = InNumPy(task, steps).train
        if compiling:
            calls["by hand, Numba"] = compiled(task, steps)
    return calls


def compiled(task: Task, steps: int) -> Callable[[], dict[str, Tensor]]:
    from .b_compiled import Compiled  # imports Numba, which nothing else here needs

    call = Compiled(task, steps).train
    if task.x.dtype == torch.float32:  # the dtype that is timed: compile now, not in the first timed call
        call()
    return call
