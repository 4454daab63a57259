"""Every normalisation layer, by hand, is one formula; only the axes differ.

x̂ = (x - μ) / √(σ² + ε), y = γ x̂ + β, with the mean μ and the *biased* variance σ² over ``axes``.
Shapes: x (N, F) or (N, C, H, W). Their gradients by hand are those of ``bench.kit.byhand``.
"""

from __future__ import annotations

import torch
from torch import Tensor

EPS = 1e-5


def normalise(x: Tensor, axes: tuple[int, ...], eps: float = EPS) -> Tensor:
    """x̂. An axis that is left out of ``axes`` gets statistics of its own for every place along it."""
    mean = x.mean(axes, keepdim=True)
    return (x - mean) / torch.sqrt((x - mean).square().mean(axes, keepdim=True) + eps)


def over_batch(x: Tensor, eps: float = EPS) -> Tensor:
    """Batch norm: one mean for each channel, over the examples and all positions."""
    return normalise(x, (0, *range(2, x.ndim)), eps)


def over_features(x: Tensor, eps: float = EPS) -> Tensor:
    """Layer norm: one mean for each example, over everything else."""
    return normalise(x, tuple(range(1, x.ndim)), eps)
