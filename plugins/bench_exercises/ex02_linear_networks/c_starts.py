"""2c: fewer samples than inputs: many maps fit perfectly, and the initial weights say which one training finds."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, relative_error

from .by_hand import optimum
from .network import Weights, folded, initial
from .problem import Task
from .reference import lbfgs

SCALES = (1.0, 0.1, 0.01, 0.001)
"""Of the initial weights, in parts of the usual ones."""
REACHED = 1e-6
"""L-BFGS stops at a gradient of 1e-8, over a smallest curvature of about 1e-2."""


def uniqueness(lab: Lab, task: Task, few: Task) -> None:
    """Six samples of eight inputs leave two directions of W undecided; forty leave none."""
    nowhere, shortest = unreached(few), optimum(few).ols
    lab.claim("n = 40: directions of input space that no sample has", unreached(task).norm(), at_most=1e-12)
    lab.claim("n = 6: number of such directions", torch.linalg.matrix_rank(nowhere, atol=1e-6), equals=2)
    other = shortest + nowhere @ torch.randn(8, 6, generator=lab.generator()).to(shortest)
    lab.claim(
        "n = 6: another map fits as perfectly, error over ‖Y‖²", few.error(other) / few.y.square().sum(), at_most=1e-20
    )
    lab.metric("n = 6: and differs from the shortest by, relative", distance(other, shortest))
    starts = {
        "A from zero": [torch.zeros_like(shortest)],
        "A from random weights": initial(few, None, lab.generator()),
        "C from random weights": initial(few, 16, lab.generator()),
    }
    ends = {name: lbfgs(few, start) for name, start in starts.items()}
    where(lab, few, starts, ends)
    lab.claim(
        "n = 6: all of these fit perfectly, error over ‖Y‖²",
        largest(few.error(folded(w)) for w in ends.values()) / few.y.square().sum(),
        at_most=1e-12,
    )
    smaller(lab, few)


def unreached(task: Task) -> Tensor:
    """The projection (d, d) on the directions of input space that no sample has."""
    _, d, _ = task.sizes
    return torch.eye(d).to(task.x) - torch.linalg.pinv(task.x) @ task.x


def distance(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def predicted(task: Task, start: Weights, end: Weights) -> Tensor:
    """M + N W1° W2 ...: what no sample decides is as it was in the first layer, and the later ones carry it on."""
    return optimum(task).ols + unreached(task) @ folded([start[0], *end[1:]])


def where(lab: Lab, few: Task, starts: dict[str, list[Tensor]], ends: dict[str, list[Tensor]]) -> None:
    shortest, nowhere = optimum(few).ols, unreached(few)
    lab.claim(
        "n = 6: A from zero ends in the shortest map", distance(folded(ends["A from zero"]), shortest), at_most=REACHED
    )
    for name in ("A from random weights", "C from random weights"):
        expected = predicted(few, starts[name], ends[name])
        far = distance(expected, shortest)
        lab.claim(
            f"n = 6: {name} ends elsewhere, relative distance",
            distance(folded(ends[name]), shortest),
            at_least=far - REACHED,
        )
        lab.claim(
            f"n = 6: {name} ends in M + N W₁° …, relative error",
            relative_error(folded(ends[name]), expected),
            at_most=REACHED,
        )
        kept = relative_error(nowhere @ ends[name][0], nowhere @ starts[name][0])
        lab.claim(f"n = 6: {name}: N W₁ never moves, relative error", kept, at_most=1e-10)


def smaller(lab: Lab, few: Task) -> None:
    """C from smaller and smaller initial weights: its distance to the shortest map falls with them."""
    shortest, away = optimum(few).ols, []
    for scale in SCALES:
        start = [scale * weight for weight in initial(few, 16, lab.generator())]
        away.append(distance(folded(lbfgs(few, start)), shortest))
    rows = [{"initial weights, times": s, "distance to the shortest": a} for s, a in zip(SCALES, away, strict=True)]
    lab.table("n = 6: C from smaller initial weights", rows)
    # Proportional at least: a factor of 100 in the weights is one of 100 in N W1°, and W2 ends in a finite size.
    lab.claim("n = 6: C from weights 100 times smaller: distance, as a part", away[3] / away[1], at_most=2e-2)
