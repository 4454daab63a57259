"""The backward pass of the sheet's network, written out, and one step along a gradient by an optimiser of the kit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .network import Forward, join, loss_named, split
from .problem import SLOPE, TARGET

Rule = Callable[..., tuple[tuple[Tensor, ...], Any]]
"""``sgd``, ``rmsprop`` or ``adam`` of ``bench.kit.byhand``."""


@dataclass(frozen=True, slots=True)
class Backward:
    """delta_o = dL/ds (scalar), delta_h = dL/dz (2,), and the gradient of w1 ... w8 (8,)."""

    delta_o: Tensor
    delta_h: Tensor
    gradient: Tensor


def slopes(at: Forward, slope: float = SLOPE) -> Tensor:
    """f'(z) (2,): tanh' = 1 - h1^2 needs the *output* h1; LeakyReLU' needs the sign of z2."""
    right = (at.z[1] > 0).to(at.z.dtype)
    return torch.stack([1 - at.h[0] ** 2, right + slope * (1 - right)])


def outer_products(at: Forward, x: Tensor, delta_o: Tensor, delta_h: Tensor, *, ordering: str) -> Tensor:
    """The gradient (8,): every weight gets the delta at its head times the value at its tail."""
    return join(torch.outer(delta_h, x), delta_o * at.h, ordering)


def backward(at: Forward, w: Tensor, x: Tensor, *, loss: str, ordering: str, target: float = TARGET) -> Backward:
    """All deltas, with the weights *before* the update, and the gradient of the eight weights."""
    _, out = split(w, ordering)
    delta_o = loss_named(loss).delta(at.o, target)
    delta_h = out * delta_o * slopes(at)
    return Backward(delta_o, delta_h, outer_products(at, x, delta_o, delta_h, ordering=ordering))


def after(rule: Rule, w: Tensor, g: Tensor, lr: float) -> Tensor:
    """The weights after the first step of an optimiser along the gradient g, shaped like w."""
    (moved,), _ = rule((w,), (g,), lr=lr)
    return moved
