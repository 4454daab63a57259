"""1d: Adam and RMSprop on what they are good at, and on a rotation of it."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench.kit.byhand import adam, rmsprop, sgd

from .by_hand import Rule, after

BETA1, BETA2, ALPHA = 0.9, 0.999, 0.99
"""The averages of Adam and of RMSprop, as PyTorch has them by default."""
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


def step_bound(beta1: float = BETA1, beta2: float = BETA2) -> float:
    """|step| / lr can not exceed this: Cauchy-Schwarz on m = (1 - b1) sum b1^k g and v = (1 - b2) sum b2^k g^2."""
    return (1 - beta1) / math.sqrt((1 - beta2) * (1 - beta1**2 / beta2))


def step_of_growing(steps: int, beta1: float = BETA1, beta2: float = BETA2) -> float:
    """|step| / lr at the end of ``steps`` gradients that grow by b2 / b1 each: the case of equality, but for the start.

    With q = b1² / b2 both averages are geometric sums, m = (1 - b1) S and v = (1 - b2) S for S = (1 - q^T) / (1 - q).
    """
    started = math.sqrt(1 - beta2**steps) / (1 - beta1**steps) * math.sqrt(1 - (beta1**2 / beta2) ** steps)
    return step_bound(beta1, beta2) * started


def moves(step: Rule, gradients: Tensor) -> Tensor:
    """What each step of rate 1 adds to the weights, for a sequence of gradients (steps, …); of the same shape."""
    zero, state, found = torch.zeros_like(gradients[0]), None, []
    for gradient in gradients:
        (move,), state = step((zero,), (gradient,), state, lr=1.0)
        found.append(move)
    return torch.stack(found)
