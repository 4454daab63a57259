"""The same by PyTorch: autograd's gradient, and a step of its optimisers."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .network import loss_at


def by_autograd(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """The gradient (8,) by autograd."""
    leaf = w.detach().clone().requires_grad_()
    return torch.autograd.grad(loss_at(leaf, x, loss, ordering), leaf)[0]


def by_torch(optimiser: Callable[..., torch.optim.Optimizer], w: Tensor, g: Tensor, lr: float) -> Tensor:
    """The weights (8,) after one step of an optimiser of torch at its default settings."""
    leaf = w.clone().requires_grad_()
    leaf.grad = g.clone()
    optimiser([leaf], lr=lr).step()
    return leaf.detach()
