"""Ways to train: plain gradient descent by hand, torch's optimizers, and one layer at a time."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .networks import Weights, gradients, loss
from .problem import Task


def descend(task: Task, weights: Weights, *, rate: float, steps: int, see: Callable[[Weights], None]) -> list[Tensor]:
    """Full-batch gradient descent by hand; ``see`` is shown the weights before the first and after every step."""
    weights = list(weights)
    see(weights)
    for _ in range(steps):
        slopes = gradients(task, weights)
        weights = [weight - rate * slope for weight, slope in zip(weights, slopes, strict=True)]
        see(weights)
    return weights


def lbfgs(task: Task, weights: Weights, iterations: int = 2000) -> list[Tensor]:
    """L-BFGS to convergence: a full-batch quasi-Newton method with a line search."""
    weights = [weight.clone().requires_grad_() for weight in weights]
    optimizer = torch.optim.LBFGS(
        weights,
        max_iter=iterations,
        max_eval=4 * iterations,
        tolerance_grad=1e-8 if weights[0].dtype == torch.float64 else 1e-5,
        tolerance_change=1e-16,
        history_size=20,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss(task, weights)
        value.backward()
        return value

    optimizer.step(closure)
    return [weight.detach() for weight in weights]


def adam(task: Task, weights: Weights, steps: int, rate: float) -> list[Tensor]:
    """Full-batch Adam; the rate falls to zero along a cosine, so that the last steps settle."""
    weights = [weight.clone().requires_grad_() for weight in weights]
    optimizer = torch.optim.Adam(weights, lr=rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(task, weights).backward()
        optimizer.step()
        schedule.step()
    return [weight.detach() for weight in weights]


def alternating(task: Task, second: Tensor, sweeps: int) -> tuple[Tensor, Tensor]:
    """Least squares for W1 with W2 held, then for W2 with W1 held, and again; needs X of full column rank.

    ``second`` is the first W2 (r, m), of full row rank. For fixed W2 the best W1 is M W2^+,
    where M is ordinary least squares; only the space of its columns matters for the W2 that follows.
    """
    ols = torch.linalg.lstsq(task.x, task.y).solution
    gram = task.x.mT @ task.x
    for _ in range(sweeps):
        first = torch.linalg.qr(ols @ second.mT).Q
        second = torch.linalg.solve(first.mT @ gram @ first, first.mT @ gram @ ols)
    return first, second
