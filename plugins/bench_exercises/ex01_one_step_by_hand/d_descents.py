"""1d: Adam and RMSprop on what they are good at, and on a rotation of it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench.kit.byhand import adam, rmsprop, sgd

from .by_hand import Rule, after

STEPS: dict[str, Rule] = {"SGD": sgd, "RMSprop": rmsprop, "Adam": adam}


def first_steps(gradient: Tensor, lr: float) -> dict[str, Tensor]:
    """How far each optimiser moves from zero in its first step, shaped like the gradient."""
    w = torch.zeros_like(gradient)
    return {name: after(step, w, gradient, lr) for name, step in STEPS.items()}


def losses(step: Rule, matrices: Tensor, starts: Tensor, lrs: Tensor, *, steps: int, scale: float = 1.0) -> Tensor:
    """Minimise scale x^T A x / 2 for many cases at once; gives x^T A x / 2 after each step, (steps, cases).

    ``matrices`` is (cases, 2, 2) or (2, 2), ``starts`` (cases, 2) or (2,), ``lrs`` (cases,).
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    x = starts.expand(len(lrs), -1)
    state, history, zero = None, [], torch.zeros_like(x)
    for _ in range(steps):
        # A move is the rate times what the rate 1 would do: so one call steps every case, each at a rate of its own.
        (move,), state = step((zero,), (scale * slope(matrices, x),), state, lr=1.0)
        x = x + lrs[:, None] * move
        history.append((slope(matrices, x) * x).sum(1) / 2)
    return torch.stack(history)


def slope(matrices: Tensor, x: Tensor) -> Tensor:
    """A x for each row of x (cases, 2)."""
    return (matrices @ x[:, :, None])[:, :, 0]


def largest_step(gradients: Tensor, lr: float) -> Tensor:
    """The largest move of any weight by Adam over a sequence of gradients (steps, n), in units of lr."""
    w = torch.zeros_like(gradients[0])
    state, largest = None, torch.zeros((), dtype=w.dtype, device=w.device)
    for gradient in gradients:
        (moved,), state = adam((w,), (gradient,), state, lr=lr)
        largest = torch.maximum(largest, (moved - w).abs().max() / lr)
    return largest


def step_bound(beta1: float = 0.9, beta2: float = 0.999) -> float:
    """|step| / lr can not exceed this: Cauchy-Schwarz on m = (1 - b1) sum b1^k g and v = (1 - b2) sum b2^k g^2."""
    return (1 - beta1) / math.sqrt((1 - beta2) * (1 - beta1**2 / beta2))
