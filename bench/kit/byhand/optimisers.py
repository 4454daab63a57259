"""Optimisers as pure functions: ``parameters, state = step(parameters, gradients, state, lr=...)``.

Parameters and gradients are sequences of tensors of matching shapes; new tuples come back and nothing is changed in
place. ``state`` is ``None`` at the first step. p stands for a parameter, g for its gradient with the L2 penalty
``weight_decay · p`` added, t for the number of the step, from 1. The steps are those of ``torch.optim``.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand.checks import require, shape_of

Tensors = tuple[Tensor, ...]


class SGDState(NamedTuple):
    velocity: Tensors


class RMSpropState(NamedTuple):
    square: Tensors
    """The moving average of g²."""
    velocity: Tensors


class AdamState(NamedTuple):
    step: int
    mean: Tensors
    square: Tensors
    """The moving averages of g and g², not yet corrected for their start at zero."""


def sgd(
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    state: SGDState | None = None,
    *,
    lr: float,
    momentum: float = 0.0,
    dampening: float = 0.0,
    weight_decay: float = 0.0,
    nesterov: bool = False,
) -> tuple[Tensors, SGDState]:
    """v ← momentum v + (1 - dampening) g, p ← p - lr v; the first v is g itself, and without momentum v is g always.

    With ``nesterov`` the step is along g + momentum v (Sutskever et al. 2013, "On the importance of initialization
    and momentum in deep learning", in torch's form, where lr multiplies the velocity).
    """
    _check_rates(lr=lr, momentum=momentum, weight_decay=weight_decay)
    require(not nesterov or (momentum > 0 and dampening == 0), "nesterov needs a momentum and no dampening")
    g = _decayed(parameters, gradients, weight_decay)
    # As torch: the first velocity is not dampened, and without momentum there is none to dampen.
    if state is None or momentum == 0:
        velocity = g
    else:
        velocity = tuple(momentum * v + (1 - dampening) * d for v, d in zip(state.velocity, g, strict=True))
    along = tuple(d + momentum * v for d, v in zip(g, velocity, strict=True)) if nesterov else velocity
    return tuple(p - lr * v for p, v in zip(parameters, along, strict=True)), SGDState(velocity)


def rmsprop(
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    state: RMSpropState | None = None,
    *,
    lr: float = 0.01,
    alpha: float = 0.99,
    eps: float = 1e-8,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
) -> tuple[Tensors, RMSpropState]:
    """s ← alpha s + (1 - alpha) g², v ← momentum v + g / (√s + eps), p ← p - lr v.

    (Hinton, Srivastava & Swersky 2012, "Neural networks for machine learning", lecture 6e.) eps is added outside the
    root, as in torch.
    """
    _check_rates(lr=lr, alpha=alpha, eps=eps, momentum=momentum, weight_decay=weight_decay)
    g = _decayed(parameters, gradients, weight_decay)
    square, velocity = state or RMSpropState(_zeros(g), _zeros(g))
    square = _average(square, tuple(d * d for d in g), alpha)
    scaled = tuple(d / (s.sqrt() + eps) for d, s in zip(g, square, strict=True))
    velocity = tuple(momentum * v + d for v, d in zip(velocity, scaled, strict=True))
    return tuple(p - lr * v for p, v in zip(parameters, velocity, strict=True)), RMSpropState(square, velocity)


def adam(
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    state: AdamState | None = None,
    *,
    lr: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[Tensors, AdamState]:
    """m ← β₁ m + (1 - β₁) g, s ← β₂ s + (1 - β₂) g², p ← p - lr m̂ / (√ŝ + eps).

    m̂ = m / (1 - β₁ᵗ) and ŝ = s / (1 - β₂ᵗ) undo the start at zero (Kingma & Ba 2015, "Adam", algorithm 1).
    """
    _check_rates(lr=lr, eps=eps, weight_decay=weight_decay, beta1=betas[0], beta2=betas[1])
    g = _decayed(parameters, gradients, weight_decay)
    step, mean, square = state or AdamState(0, _zeros(g), _zeros(g))
    step += 1
    mean = _average(mean, g, betas[0])
    square = _average(square, tuple(d * d for d in g), betas[1])
    moved = tuple(
        p - lr * (m / (1 - betas[0] ** step)) / ((s / (1 - betas[1] ** step)).sqrt() + eps)
        for p, m, s in zip(parameters, mean, square, strict=True)
    )
    return moved, AdamState(step, mean, square)


def adamw(
    parameters: Sequence[Tensor],
    gradients: Sequence[Tensor],
    state: AdamState | None = None,
    *,
    lr: float = 0.001,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[Tensors, AdamState]:
    """``adam`` after p ← (1 - lr weight_decay) p: the decay is no part of g (Loshchilov & Hutter 2019)."""
    _check_rates(weight_decay=weight_decay)
    shrunk = tuple((1 - lr * weight_decay) * p for p in parameters)
    return adam(shrunk, gradients, state, lr=lr, betas=betas, eps=eps)


def _decayed(parameters: Sequence[Tensor], gradients: Sequence[Tensor], weight_decay: float) -> Tensors:
    """g, with the gradient weight_decay · p of the penalty weight_decay/2 · ‖p‖² added."""
    ours, theirs = [shape_of(p) for p in parameters], [shape_of(g) for g in gradients]
    require(ours == theirs, f"parameters have the shapes {', '.join(ours)}, gradients {', '.join(theirs)}")
    if weight_decay == 0:
        return tuple(gradients)
    return tuple(g + weight_decay * p for p, g in zip(parameters, gradients, strict=True))


def _average(old: Tensors, new: Tensors, beta: float) -> Tensors:
    """The moving average beta old + (1 - beta) new."""
    return tuple(beta * o + (1 - beta) * n for o, n in zip(old, new, strict=True))


def _zeros(like: Tensors) -> Tensors:
    return tuple(torch.zeros_like(t) for t in like)


def _check_rates(**rates: float) -> None:
    for name, rate in rates.items():
        require(rate >= 0, f"{name}={rate} must not be negative")
        require(not name.startswith("beta") or rate < 1, f"{name}={rate} must be below 1")
