"""Batch norm of K networks at once: x̂ = (z - μ) / √(σ² + ε), y = γ x̂ + β; statistics of each node of each network.

Shapes: z, y and their derivatives (K, B, nodes), all else (K, 1, nodes). Means are over the batch of B; σ² is biased.
(Ioffe & Szegedy 2015, "Batch normalization", algorithm 1 and section 3.)
"""

from typing import NamedTuple

import torch
from torch import Tensor

EPS, MOMENTUM = 1e-5, 0.1
"""PyTorch's defaults."""


class Statistics(NamedTuple):
    mean: Tensor
    variance: Tensor


class Normed(NamedTuple):
    """What the backward pass needs, and the statistics that were used; ``constant``: they do not depend on z."""

    x_hat: Tensor
    rate: Tensor
    """1 / √(σ² + ε)."""
    used: Statistics
    constant: bool


def batch_norm(z: Tensor, scale: Tensor, shift: Tensor, given: Statistics | None = None) -> tuple[Tensor, Normed]:
    """With the batch's own statistics, or with given ones as in evaluation mode."""
    share = 1 / z.shape[1]
    mean = given.mean if given else z.sum(1, keepdim=True).mul_(share)
    centred = z - mean
    variance = given.variance if given else centred.square().sum(1, keepdim=True).mul_(share)
    rate = (variance + EPS).rsqrt_()
    x_hat = centred.mul_(rate)
    return torch.addcmul(shift, x_hat, scale), Normed(x_hat, rate, Statistics(mean, variance), given is not None)


def batch_norm_backward(dy: Tensor, scale: Tensor, saved: Normed, *, dscale: Tensor, dshift: Tensor) -> Tensor:
    """Writes dγ = Σ dy x̂ into ``dscale`` and dβ = Σ dy into ``dshift``, and gives dz.

    dz = γ (dy - dβ/B - x̂ dγ/B) / √(σ² + ε); where the statistics are constant, only γ dy / √(σ² + ε).
    """
    torch.sum(dy * saved.x_hat, 1, keepdim=True, out=dscale)
    torch.sum(dy, 1, keepdim=True, out=dshift)
    if not saved.constant:
        through_statistics = torch.addcmul(dshift, saved.x_hat, dscale)
        dy = torch.add(dy, through_statistics, alpha=-1 / dy.shape[1])
    return dy * (scale * saved.rate)


def follow(running: Statistics, batch: Statistics, size: int) -> None:
    """Move the running averages, in place, by what a batch of ``size`` had; the variance unbiased, as in PyTorch.

    Of one layer, or of all layers stacked.
    """
    running.mean.lerp_(batch.mean, MOMENTUM)
    running.variance.lerp_(batch.variance * (size / max(1, size - 1)), MOMENTUM)  # of one example it is 0 either way
