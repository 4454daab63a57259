"""2a: on one task, what each network can reach at best, and what training reached."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab

from .networks import WIDTHS, attainable_rank, folded, initial
from .optimum import numerical_rank, optimum
from .problem import Task
from .training import lbfgs

SIZES = {
    "n=40, d=8, m=6": (40, 8, 6),
    "scalar output, m=1": (40, 8, 1),
    "m=4": (40, 8, 4),
    "n=4 samples": (4, 8, 6),
    "n=6 samples": (6, 8, 6),
}
"""n, d, m: the general case, two with few outputs, two with few samples."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One network on one task: sums of squared errors, at best and after training, and the rank of W1 W2.

    ``scale`` is |Y|^2. ``apart`` is the distance of the trained fit from the best one, relative to |Y|.
    """

    best: float
    trained: float
    scale: float
    rank: int
    expected_rank: int
    apart: float

    @property
    def excess(self) -> float:
        """How far training stayed above the optimum, relative to it, or to |Y|^2 where the optimum is a perfect fit."""
        return (self.trained - self.best) / max(self.best, 1e-9 * self.scale)


def reached(task: Task, width: int | None, generator: torch.Generator) -> Reached:
    _, d, m = task.sizes
    best, rank = optimum(task), attainable_rank(width, d, m)
    trained = folded(lbfgs(task, initial(task, width, generator)))
    apart = (task.x @ (trained - best.map(rank))).norm() / task.y.norm()
    return Reached(
        best=float(best.error(rank)),
        trained=float(task.error(trained)),
        scale=float(task.y.square().sum()),
        rank=numerical_rank(torch.linalg.svdvals(trained)),
        expected_rank=rank,
        apart=float(apart),
    )


def compare(lab: Lab, task: Task) -> dict[str, Reached]:
    generator = lab.generator()
    return {name: reached(task, width, generator) for name, width in WIDTHS.items()}


def disagreements(lab: Lab, largest: int) -> int:
    """Over all n, d, m from 1 to ``largest``: how often "B is worse than A" is not the same as min(n, d, m) > 4."""
    stream, count = lab.generator(), 0

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=stream).to(lab.device, lab.dtype)

    for n in range(1, largest + 1):
        for d in range(1, largest + 1):
            for m in range(1, largest + 1):
                task = Task(normal(n, d), normal(n, m))
                best = optimum(task)
                lost = float((best.error(4) - best.error(m)) / task.y.square().sum())
                count += (lost > 1e-20) != (min(n, d, m) > 4)
    return count
