"""2a: on one task, what each network can reach at best, and what training reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch

from bench import Lab
from bench.kit.compare import largest, smallest

from .by_hand import numerical_rank, optimum
from .checks import left_out
from .network import WIDTHS, attainable_rank, folded, initial
from .problem import Task, draw
from .reference import lbfgs

SIZES = {
    "n=40, d=8, m=6": (40, 8, 6),
    "scalar output, m=1": (40, 8, 1),
    "m=4": (40, 8, 4),
    "n=4 samples": (4, 8, 6),
    "n=6 samples": (6, 8, 6),
    "d=m=18": (40, 18, 18),
}
"""n, d, m: the general case, two with few outputs, two with few samples, and one in which 16 units are too few."""
REACHED = 1e-10
"""L-BFGS stops at a gradient of 1e-8, whose square, over a curvature of 1e-2 or more, is what it may stay above."""
EXACT = 1e-12


def study(lab: Lab) -> None:
    tasks = {name: draw(lab, *sizes)[0] for name, sizes in SIZES.items()}
    found = {name: compare(lab, task) for name, task in tasks.items()}
    everything = [one for nets in found.values() for one in nets.values()]
    lab.claim(
        "training reaches the optimum: largest excess over ‖Y‖²", largest(r.excess for r in everything), at_most=REACHED
    )
    lab.claim("and never passes below it", smallest(r.excess for r in everything), at_least=-EXACT)
    by_theory(lab, tasks, found)
    general = found["n=40, d=8, m=6"]
    lab.metric("squared error at best, A and C", general["C"].best)
    lab.metric("squared error at best, B", general["B"].best)
    lab.table("Sum of squared errors", [row(name, nets) for name, nets in found.items()])


def by_theory(lab: Lab, tasks: dict[str, Task], found: dict[str, dict[str, Reached]]) -> None:
    """What training lost against A, held against the singular values that a network of its width leaves out."""
    gaps, sixteen = [], []
    for name, nets in found.items():
        worse = {net: (one.trained - nets["A"].trained) / one.scale for net, one in nets.items()}
        expected = {net: left_out(tasks[name], width) for net, width in WIDTHS.items()}
        gaps += [abs(worse[net] - expected[net]) for net in nets]
        if min(SIZES[name]) > 4:
            least = expected["B"] - REACHED
            lab.claim(f"{name}: B is worse than A, by this part of ‖Y‖²", worse["B"], at_least=least)
        else:
            lab.claim(f"{name}: B = A, difference over ‖Y‖²", abs(worse["B"]), at_most=REACHED)
        if min(SIZES[name]) > 16:
            lab.claim(f"{name}: C is worse than A, by this part of ‖Y‖²", worse["C"], at_least=expected["C"] - REACHED)
        else:
            sixteen.append(abs(worse["C"]))
    lab.claim("C = A where min(n, d, m) ≤ 16: difference over ‖Y‖²", largest(sixteen), at_most=REACHED)
    lab.claim(
        "what a network loses against A = the σ² that it leaves out: difference over ‖Y‖²",
        largest(gaps),
        at_most=REACHED,
    )


def row(name: str, nets: dict[str, Reached]) -> dict[str, Any]:
    at_best = {f"{net}, at best": nets[net].best for net in nets}
    trained = {f"{net}, trained": nets[net].trained for net in nets}
    return {"task": name, **at_best, **trained}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One network on one task: sums of squared errors, at best and after training, the rank of W1 W2, and |Y|^2."""

    best: float
    trained: float
    scale: float
    rank: int

    @property
    def excess(self) -> float:
        """How far training stayed above the optimum, in parts of |Y|^2."""
        return (self.trained - self.best) / self.scale


def reached(task: Task, width: int | None, generator: torch.Generator) -> Reached:
    _, d, m = task.sizes
    trained = folded(lbfgs(task, initial(task, width, generator)))
    return Reached(
        best=float(optimum(task).error(attainable_rank(width, d, m))),
        trained=float(task.error(trained)),
        scale=float(task.y.square().sum()),
        rank=numerical_rank(torch.linalg.svdvals(trained)),
    )


def compare(lab: Lab, task: Task) -> dict[str, Reached]:
    generator = lab.generator()
    return {name: reached(task, width, generator) for name, width in WIDTHS.items()}
