"""The network of the sheet: x1 x2 x3 -> Tanh h1, LeakyReLU(0.2) h2 -> Sigmoid o, and the losses it is held to.

The eight weights are always kept in the order of the sheet, w1 ... w8; an *ordering* says which arrow each belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .problem import ORDERINGS, SLOPE, TARGET


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of one output o and its target t, with delta_o = dL/ds at o = sigmoid(s)."""

    value: Callable[[Tensor, float], Tensor]
    delta: Callable[[Tensor, float], Tensor]


LOSSES = {
    "half_mse": Loss(lambda o, t: (o - t) ** 2 / 2, lambda o, t: (o - t) * o * (1 - o)),
    "mse": Loss(lambda o, t: (o - t) ** 2, lambda o, t: 2 * (o - t) * o * (1 - o)),
    "bce": Loss(lambda o, t: -t * torch.log(o) - (1 - t) * torch.log(1 - o), lambda o, t: o - t),
}


@dataclass(frozen=True, slots=True)
class Forward:
    """z = W x and h = f(z), both (2,); s = u . h and o = sigmoid(s), both scalar."""

    z: Tensor
    h: Tensor
    s: Tensor
    o: Tensor


def split(w: Tensor, ordering: str) -> tuple[Tensor, Tensor]:
    """w (8,) as W (2, 3), a row per hidden node, and u (2,)."""
    if w.shape != (8,):
        raise ValueError(f"the network has 8 weights, w has shape {tuple(w.shape)}")
    if ordering not in ORDERINGS:
        raise ValueError(f"ordering {ordering!r} is not one of {', '.join(ORDERINGS)}")
    hidden = w[:6].reshape(3, 2).T if ordering == "source_major" else w[:6].reshape(2, 3)
    return hidden, w[6:]


def join(hidden: Tensor, out: Tensor, ordering: str) -> Tensor:
    """The inverse of ``split``: W (2, 3) and u (2,) as w (8,)."""
    return torch.cat([(hidden.T if ordering == "source_major" else hidden).flatten(), out])


def arrows(ordering: str) -> tuple[str, ...]:
    """Where each of w1 ... w8 leads."""
    names = [f"x{i}→h{j}" for i in (1, 2, 3) for j in (1, 2)]
    return (*(names if ordering == "source_major" else sorted(names, key=lambda name: name[-1])), "h1→o", "h2→o")


def loss_named(name: str) -> Loss:
    if name not in LOSSES:
        raise ValueError(f"loss {name!r} is not one of {', '.join(LOSSES)}")
    return LOSSES[name]


def forward(w: Tensor, x: Tensor, ordering: str, slope: float = SLOPE) -> Forward:
    """All values of the network at weights w (8,) and one input x (3,)."""
    if x.shape != (3,):
        raise ValueError(f"the network has 3 inputs, x has shape {tuple(x.shape)}")
    hidden, out = split(w, ordering)
    z = hidden @ x
    h = torch.stack([torch.tanh(z[0]), torch.where(z[1] > 0, z[1], slope * z[1])])
    s = out @ h
    return Forward(z, h, s, torch.sigmoid(s))


def loss_at(w: Tensor, x: Tensor, loss: str, ordering: str, *, target: float = TARGET) -> Tensor:
    """The loss as a function of the weights alone, for autograd and for finite differences."""
    return loss_named(loss).value(forward(w, x, ordering).o, target)
