"""Derivatives without a derivative: central differences."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


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
