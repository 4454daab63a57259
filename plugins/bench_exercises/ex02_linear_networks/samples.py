"""2c: what the number of samples decides: whether a fit is perfect, and whether it is the only one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from bench import Lab

from .networks import attainable_rank, folded, initial
from .optimum import optimum
from .problem import Task
from .training import lbfgs


def first(task: Task, n: int) -> Task:
    return Task(task.x[:n], task.y[:n])


def lost(task: Task, width: int | None) -> float:
    """The least error of a network of this width, in parts of |Y|^2."""
    _, d, m = task.sizes
    return float(optimum(task).error(attainable_rank(width, d, m)) / task.y.square().sum())


def sweep(task: Task, largest: int) -> list[dict[str, Any]]:
    """The first 1, 2, ... samples of a task: what A and C lose, what B loses, and the rank of the best fit."""
    rows: list[dict[str, Any]] = []
    for n in range(1, largest + 1):
        few = first(task, n)
        a, b, c = (lost(few, width) for width in (None, 4, 16))
        rows.append(
            {
                "n": n,
                "A": a,
                "B": b,
                "C": c,
                "rank of X": int(torch.linalg.matrix_rank(few.x)),
                "rank of the fit": optimum(few).rank,
            }
        )
    return rows


def unreached(task: Task) -> Tensor:
    """The projection (d, d) on the directions of input space that no sample has."""
    _, d, _ = task.sizes
    return torch.eye(d).to(task.x) - torch.linalg.pinv(task.x) @ task.x


def solutions(lab: Lab, task: Task) -> dict[str, Tensor]:
    """Perfect fits (d, m) that different networks end in: A from zero, A, and C from random weights."""
    _, d, m = task.sizes
    generator = lab.generator()
    starts = {
        "A from zero": [torch.zeros(d, m).to(task.x)],
        "A from random weights": initial(task, None, generator),
        "C from random weights": initial(task, 16, generator),
    }
    return {name: folded(lbfgs(task, start)) for name, start in starts.items()}
