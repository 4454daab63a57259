"""The network of the sheet, forward and backward by hand: x1 x2 x3 -> Tanh h1, LeakyReLU(0.2) h2 -> Sigmoid o.

The eight weights are always kept in the order of the sheet, w1 ... w8; an *ordering* says which arrow each belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

WEIGHTS = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, -0.4)
INPUTS = (1.5, 1.0, 1.0)
PROBE = (-4.0, 1.0, 1.0)
"""The sheet's input never makes h2 negative; this one does, so that the slope 0.2 matters."""
TARGET = 0.0
SLOPE = 0.2
ORDERINGS = ("source_major", "target_major")


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


@dataclass(frozen=True, slots=True)
class Backward:
    """delta_o = dL/ds (scalar), delta_h = dL/dz (2,), and the gradient of w1 ... w8 (8,)."""

    delta_o: Tensor
    delta_h: Tensor
    gradient: Tensor


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


def loss_at(w: Tensor, x: Tensor, loss: str, ordering: str, *, target: float = TARGET) -> Tensor:
    """The loss as a function of the weights alone, for autograd and for finite differences."""
    return loss_named(loss).value(forward(w, x, ordering).o, target)


def by_autograd(w: Tensor, x: Tensor, loss: str, ordering: str) -> Tensor:
    """The gradient (8,) by autograd."""
    leaf = w.detach().clone().requires_grad_()
    return torch.autograd.grad(loss_at(leaf, x, loss, ordering), leaf)[0]


def by_differences(loss: Callable[[Tensor], Tensor], w: Tensor) -> Tensor:
    """Central differences of ``loss`` at w (P,), with 2 P evaluations.

    The step is the cube root of the machine epsilon: it balances the cut-off error O(step^2) against the rounding
    error O(eps / step).
    """
    step = torch.finfo(w.dtype).eps ** (1 / 3)
    differences = [loss(nudged(w, i, step)) - loss(nudged(w, i, -step)) for i in range(w.numel())]
    return torch.stack(differences) / (2 * step)


def nudged(w: Tensor, i: int, by: float) -> Tensor:
    """w with its entry i moved."""
    moved = w.clone()
    moved[i] += by
    return moved


def in_plain_python(weights: list[float], x: list[float], lr: float, steps: int) -> list[float]:
    """``steps`` steps of SGD on half the squared error, source-major, in Python's own floats."""
    w1, w2, w3, w4, w5, w6, w7, w8 = weights
    x1, x2, x3 = x
    for _ in range(steps):
        h1 = math.tanh(w1 * x1 + w3 * x2 + w5 * x3)
        z2 = w2 * x1 + w4 * x2 + w6 * x3
        slope = 1.0 if z2 > 0 else SLOPE
        h2 = slope * z2
        o = 1 / (1 + math.exp(-(w7 * h1 + w8 * h2)))
        push = lr * (o - TARGET) * o * (1 - o)
        push1, push2 = push * w7 * (1 - h1 * h1), push * w8 * slope
        w1, w3, w5 = w1 - push1 * x1, w3 - push1 * x2, w5 - push1 * x3
        w2, w4, w6 = w2 - push2 * x1, w4 - push2 * x2, w6 - push2 * x3
        w7, w8 = w7 - push * h1, w8 - push * h2
    return [w1, w2, w3, w4, w5, w6, w7, w8]
