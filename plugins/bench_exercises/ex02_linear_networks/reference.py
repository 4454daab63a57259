"""As PyTorch does it: gradients and second derivatives by autograd, and torch's optimizers."""

from __future__ import annotations

import torch
from torch import Tensor

from .network import Weights, loss
from .problem import Task


def gradients_by_autograd(task: Task, weights: Weights) -> list[Tensor]:
    tracked = [weight.detach().requires_grad_() for weight in weights]
    return list(torch.autograd.grad(loss(task, tracked), tracked))


def hessian(task: Task, weights: Weights) -> Tensor:
    """Second derivatives by all weights, flattened and in order: (p, p)."""
    sizes, shapes = [weight.numel() for weight in weights], [weight.shape for weight in weights]

    def of_flat(flat: Tensor) -> Tensor:
        return loss(task, [piece.view(shape) for piece, shape in zip(flat.split(sizes), shapes, strict=True)])

    return torch.autograd.functional.hessian(of_flat, torch.cat([weight.flatten() for weight in weights]))


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
