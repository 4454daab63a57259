"""One step of each optimiser, written out. All have one shape: ``w, state = step(w, g, state, lr)``."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class State:
    """The running means of g (m) and of g^2 (v), both shaped like the weights, and the number of steps taken."""

    m: Tensor
    v: Tensor
    t: int = 0

    @classmethod
    def fresh(cls, w: Tensor) -> State:
        return cls(torch.zeros_like(w), torch.zeros_like(w))


def sgd(w: Tensor, g: Tensor, state: State, lr: float | Tensor) -> tuple[Tensor, State]:
    """w - lr g."""
    return w - lr * g, State(state.m, state.v, state.t + 1)


def rmsprop(
    w: Tensor, g: Tensor, state: State, lr: float | Tensor, *, alpha: float = 0.99, eps: float = 1e-8
) -> tuple[Tensor, State]:
    """w - lr g / (sqrt(v) + eps), without bias correction (Hinton, lecture 6 of 2012; PyTorch's defaults)."""
    v = alpha * state.v + (1 - alpha) * g**2
    return w - lr * g / (v.sqrt() + eps), State(state.m, v, state.t + 1)


def corrected(state: State, betas: tuple[float, float] = (0.9, 0.999)) -> tuple[Tensor, Tensor]:
    """m and v without the pull towards their start at zero."""
    return state.m / (1 - betas[0] ** state.t), state.v / (1 - betas[1] ** state.t)


def adam(
    w: Tensor,
    g: Tensor,
    state: State,
    lr: float | Tensor,
    *,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, State]:
    """w - lr m^ / (sqrt(v^) + eps) (Kingma & Ba 2015, algorithm 1)."""
    state = State(
        betas[0] * state.m + (1 - betas[0]) * g,
        betas[1] * state.v + (1 - betas[1]) * g**2,
        state.t + 1,
    )
    m, v = corrected(state, betas)
    return w - lr * m / (v.sqrt() + eps), state
