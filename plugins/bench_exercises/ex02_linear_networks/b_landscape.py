"""2b: the critical points of a network with a bottleneck, and which of them are minima."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import torch

from bench import Lab
from bench.kit.compare import largest, relative_error

from .by_hand import Optimum, optimum
from .network import folded, gradients
from .problem import Task, draw
from .reference import hessian

EXACT = 1e-10


def study(lab: Lab, n: int, d: int, m: int) -> None:
    task, _ = draw(lab, n, d, m)
    best = optimum(task)
    minimum, *others = critical_points(task, best, 4)
    lab.claim(
        "gradient at every choice of 4 directions",
        largest(float(p["largest gradient"]) for p in (minimum, *others)),
        at_most=EXACT,
    )
    lab.claim("smallest curvature at the best choice", minimum["smallest curvature"], at_least=-1e-9)
    lab.claim(
        "smallest curvature at any other choice", largest(float(p["smallest curvature"]) for p in others), at_most=-1e-6
    )
    lab.table("Critical points of network B", [minimum, *others])
    first, second = best.factors(4)
    change = torch.eye(4).to(first) + torch.randn(4, 4, generator=lab.generator()).to(first) / 8
    twin = (first @ change) @ torch.linalg.solve(change, second)
    lab.claim(
        "other weights, W1 G and G⁻¹ W2, are the same map",
        relative_error(twin, first @ second),
        at_most=EXACT,
    )


def critical_points(task: Task, best: Optimum, width: int) -> list[dict[str, Any]]:
    """Every choice of ``width`` singular directions: its error, gradient, and curvature in the worst direction."""
    _, _, m = task.sizes
    return [point(task, best, list(kept)) for kept in combinations(range(m), width)]


def point(task: Task, best: Optimum, kept: list[int]) -> dict[str, Any]:
    weights = best.chosen(kept)
    return {
        "directions kept": ", ".join(str(index + 1) for index in kept),
        "squared error": float(task.error(folded(weights))),
        "largest gradient": largest(slope.abs().max() for slope in gradients(task, weights)),
        "smallest curvature": float(torch.linalg.eigvalsh(hessian(task, weights)).min()),
    }
