"""2b.saddles: critical points that are found without the theory, from random weights, and then held against it."""

from __future__ import annotations

from itertools import combinations

import torch
from torch import Tensor

from bench import Lab

from .by_hand import Optimum, second_derivatives
from .network import gradients, initial
from .problem import Task

FOUND = 1e-12
"""A gradient below this is zero: Newton's method squares its error in every step, and ends at 1e-15."""
EXACT = 1e-8
"""What a gradient of FOUND, over a curvature of about 1e-3, leaves."""


def searched(lab: Lab, task: Task, best: Optimum, width: int) -> None:
    weights = newton(task, initial(task, width, lab.generator(), many=60), steps=80)
    found = flattened(gradients(task, weights)).norm(dim=1) < FOUND
    first, second = (weight[found] for weight in weights)
    lab.claim("critical points found from 60 random starts", int(found.sum()), at_least=10, as_declared=True)
    if not found.any():
        return
    fit, projection = task.x @ first @ second, projections(task.x @ first)
    best_fit = task.x @ best.ols
    square = best_fit @ best_fit.mT
    lab.claim("at each, XW₁W₂ = ΠP: relative error", worst(fit - projection @ best_fit, best_fit), at_most=EXACT)
    swapped = projection @ square - square @ projection
    lab.claim("at each, Π PPᵀ = PPᵀ Π: relative error", worst(swapped, square), at_most=EXACT)
    errors = listed(best, width)
    away = (task.error(first @ second)[:, None] - errors).abs().min(dim=1)
    lab.claim(
        "at each, the error is that of a choice of directions: over ‖Y‖²",
        away.values.max() / task.y.square().sum(),
        at_most=EXACT,
    )
    kinds = len(set(away.indices.tolist()))
    lab.claim("different choices among them", kinds, at_least=5, as_declared=True)


def newton(task: Task, weights: list[Tensor], steps: int) -> list[Tensor]:
    """Levenberg and Marquardt's method on |gradient|^2, which is drawn to saddles as much as to minima."""
    damping = torch.full(weights[0].shape[:1], 1e-2).to(weights[0])
    for _ in range(steps):
        curvature, slope = second_derivatives(task, *weights), flattened(gradients(task, weights))
        damped = curvature @ curvature + damping[:, None, None] * torch.eye(slope.shape[1]).to(slope)
        step = torch.linalg.solve(damped, curvature @ slope[..., None])[..., 0]
        tried = [w - s.view_as(w) for w, s in zip(weights, split(step, weights), strict=True)]
        better = flattened(gradients(task, tried)).norm(dim=1) < slope.norm(dim=1)
        weights = [torch.where(better[:, None, None], *pair) for pair in zip(tried, weights, strict=True)]
        damping = torch.where(better, 0.3 * damping, 5 * damping).clamp(1e-14, 1e8)
    return weights


def flattened(gradients: list[Tensor]) -> Tensor:
    """(starts, p)"""
    return torch.cat([gradient.flatten(1) for gradient in gradients], dim=1)


def split(step: Tensor, weights: list[Tensor]) -> tuple[Tensor, ...]:
    return step.split([weight[0].numel() for weight in weights], dim=1)


def projections(columns: Tensor) -> Tensor:
    """On the space of the columns of each (n, r); a singular value below 1e-6 of the largest is none."""
    left, values, _ = torch.linalg.svd(columns, full_matrices=False)
    kept = left * (values > 1e-6 * values[:, :1])[:, None]
    return kept @ kept.mT


def worst(found: Tensor, scale: Tensor) -> Tensor:
    return found.norm(dim=(1, 2)).max() / scale.norm()


def listed(best: Optimum, width: int) -> Tensor:
    """The errors of all choices of at most ``width`` directions."""
    squares = best.singular.square()
    directions = range(len(squares))
    sizes = range(min(width, len(squares)) + 1)
    kept = [list(choice) for size in sizes for choice in combinations(directions, size)]
    return torch.stack([best.floor + squares.sum() - squares[choice].sum() for choice in kept])
