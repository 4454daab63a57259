"""Wrong backward passes that look right: each is one slip, and each study of one step should notice it."""

from __future__ import annotations

import torch
from torch import Tensor

from .by_hand import backward, outer_products, slopes
from .network import forward, loss_named, split
from .problem import TARGET


def slope_forgotten(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """LeakyReLU' taken as 1 on both sides."""
    at = forward(w, x, ordering)
    _, out = split(w, ordering)
    delta_o = loss_named(loss).delta(at.o, TARGET)
    return outer_products(at, x, delta_o, out * delta_o * slopes(at, slope=1.0), ordering=ordering)


def tanh_slope_at_z(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """tanh' written as 1 - z1^2 instead of 1 - h1^2."""
    at = forward(w, x, ordering)
    _, out = split(w, ordering)
    delta_o = loss_named(loss).delta(at.o, TARGET)
    slope = torch.stack([1 - at.z[0] ** 2, slopes(at)[1]])
    return outer_products(at, x, delta_o, out * delta_o * slope, ordering=ordering)


def new_weights(w: Tensor, x: Tensor, loss: str, ordering: str, *, lr: float = 0.1) -> Tensor:
    """w7 and w8 are updated before delta_h is computed from them."""
    at = forward(w, x, ordering)
    right = backward(at, w, x, loss=loss, ordering=ordering)
    updated = w - lr * right.gradient
    return outer_products(at, x, right.delta_o, updated[6:] * right.delta_o * slopes(at), ordering=ordering)


def sigmoid_forgotten(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """delta_o = dL/do, without sigmoid' = o (1 - o)."""
    at = forward(w, x, ordering)
    right = backward(at, w, x, loss=loss, ordering=ordering)
    return right.gradient / (at.o * (1 - at.o))


def doubled(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """The factor 2 between (o - t)^2 and half of it."""
    return 2 * backward(forward(w, x, ordering), w, x, loss=loss, ordering=ordering).gradient


MISTAKES = {
    "slope of LeakyReLU forgotten": slope_forgotten,
    "tanh' from z1 instead of h1": tanh_slope_at_z,
    "delta_h from updated w7, w8": new_weights,
    "sigmoid' forgotten": sigmoid_forgotten,
    "factor 2 of the loss": doubled,
}
