"""Gradient descent as PyTorch does it: autograd, and its optimiser."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .problem import Regression


def descend_with_autograd(problem: Regression, rate: float, steps: int, alpha: float = 0.0) -> Tensor:
    """The usual loop: ``torch.optim.SGD`` on the mean squared error, from zero; ``alpha`` is its weight decay."""
    w = nn.Parameter(torch.zeros_like(problem.x[0]))
    optimizer = torch.optim.SGD([w], lr=rate, weight_decay=alpha)
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * (problem.x @ w - problem.y).square().mean()).backward()
        optimizer.step()
    return w.detach()
