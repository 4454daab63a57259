"""2b: the critical points of a network with a bottleneck, and which of them are minima."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from bench.kit.compare import largest

from .networks import folded, gradients, hessian
from .optimum import Optimum
from .problem import Task


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


def best_of_random(task: Task, best: Optimum, *, width: int, generator: torch.Generator, candidates: int) -> Tensor:
    """The lowest error, above the optimum, of random maps of this rank: half near the optimum, half anywhere.

    Near means that both factors of the optimum are disturbed by 0.1 % to 100 % of their size.
    """
    sizes = 10 ** (-3 * torch.rand(candidates // 2, generator=generator))
    near = [disturbed(factor, sizes, generator) for factor in best.factors(width)]
    far = [
        disturbed(torch.zeros_like(factor), torch.ones(candidates // 2), generator) for factor in best.factors(width)
    ]
    errors = [task.error(first @ second).min() for first, second in (near, far)]
    return torch.stack(errors).min() - best.error(width)


def disturbed(factor: Tensor, sizes: Tensor, generator: torch.Generator) -> Tensor:
    """One copy of ``factor`` (rows, columns) for each of the ``sizes``, with normal noise of that size added."""
    noise = sizes[:, None, None] * torch.randn(len(sizes), *factor.shape, generator=generator)
    return factor + noise.to(factor) / factor.shape[0] ** 0.5
