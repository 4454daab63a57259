"""The same by PyTorch: its losses, autograd's gradient, and a step of its optimisers."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

from .network import loss_at
from .problem import TARGET


def by_autograd(w: Tensor, x: Tensor, loss: str, ordering: str, *, target: float = TARGET) -> Tensor:
    """The gradient (8,) by autograd."""
    leaf = w.detach().clone().requires_grad_()
    return torch.autograd.grad(loss_at(leaf, x, loss, ordering, target=target), leaf)[0]


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "half_mse": lambda o, t: functional.mse_loss(o, t) / 2,
    "mse": functional.mse_loss,
    "bce": functional.binary_cross_entropy,
}
"""The losses of an output and its target, as PyTorch has them."""


def by_torch(optimiser: Callable[..., torch.optim.Optimizer], w: Tensor, g: Tensor, lr: float) -> Tensor:
    """The weights (8,) after one step of an optimiser of torch at its default settings."""
    leaf = w.clone().requires_grad_()
    leaf.grad = g.clone()
    optimiser([leaf], lr=lr).step()
    return leaf.detach()
