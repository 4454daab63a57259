"""2a: on one task, what each network can reach at best, and what training reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from bench import Lab
from bench.kit.compare import largest, smallest

from .by_hand import numerical_rank, optimum
from .network import WIDTHS, attainable_rank, folded, initial
from .problem import Task, draw
from .reference import lbfgs

SIZES = {
    "n=40, d=8, m=6": (40, 8, 6),
    "scalar output, m=1": (40, 8, 1),
    "m=4": (40, 8, 4),
    "n=4 samples": (4, 8, 6),
    "n=6 samples": (6, 8, 6),
}
"""n, d, m: the general case, two with few outputs, two with few samples."""


EXACT = 1e-10


def study(lab: Lab) -> None:
    found = {name: compare(lab, draw(lab, *sizes)[0]) for name, sizes in SIZES.items()}
    everything = [one for nets in found.values() for one in nets.values()]
    lab.claim(
        "training reaches the optimum: largest excess, relative", largest(r.excess for r in everything), at_most=1e-4
    )
    below = smallest((r.trained - r.best) / r.scale for r in everything)
    lab.claim("and never passes below it", below, at_least=-EXACT)
    general = found["n=40, d=8, m=6"]
    lab.metric("squared error at best, A and C", general["C"].best)
    lab.metric("squared error at best, B", general["B"].best)
    for name, nets in found.items():
        worse = (nets["B"].trained - nets["A"].trained) / nets["A"].scale
        if name in ("n=40, d=8, m=6", "n=6 samples"):
            lab.claim(f"{name}: B is worse than A, by this part of ‖Y‖²", worse, at_least=1e-6)
        else:
            lab.claim(f"{name}: B = A, difference over ‖Y‖²", abs(worse), at_most=1e-6)
    sixteen = largest(abs(nets["C"].trained - nets["A"].trained) / nets["A"].scale for nets in found.values())
    lab.claim("C = A on every task, difference over ‖Y‖²", sixteen, at_most=1e-6)
    lab.table("Sum of squared errors", [row(name, nets) for name, nets in found.items()])


def row(name: str, nets: dict[str, Reached]) -> dict[str, Any]:
    at_best = {f"{net}, at best": nets[net].best for net in nets}
    trained = {f"{net}, trained": nets[net].trained for net in nets}
    return {"task": name, **at_best, **trained}


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
