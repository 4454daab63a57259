"""As PyTorch does it: gradients and second derivatives by autograd, and torch's optimizers."""

from __future__ import annotations

import torch
from torch import Tensor

from .network import Weights, gradients, loss
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
    tolerance = 1e-8 if weights[0].dtype == torch.float64 else 1e-5
    found = list(weights)
    # W1 G and G^-1 W2 are the same network, and a trial step may run away along such a G until one layer is huge and
    # the other nothing, where no line search gets on. Then it sets out anew with shorter steps.
    for rate in (1.0, 0.1, 0.01):
        found = lbfgs_once(task, weights, iterations, tolerance=tolerance, rate=rate)
        if all(slope.abs().max() <= 100 * tolerance for slope in gradients(task, found)):
            break
    return found


def lbfgs_once(task: Task, weights: Weights, iterations: int, *, tolerance: float, rate: float) -> list[Tensor]:
    weights = [weight.clone().requires_grad_() for weight in weights]
    optimizer = torch.optim.LBFGS(
        weights,
        lr=rate,
        max_iter=iterations,
        max_eval=4 * iterations,
        tolerance_grad=tolerance,
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
