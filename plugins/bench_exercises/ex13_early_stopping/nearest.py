"""For every stopping time the ridge that comes nearest, and what either does to noisy data."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from . import filters

GRID = 2401
"""Candidates for alpha eps tau from 1e-6 to 10: 0.7 % apart."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Per stopping time: the best alpha, times eps tau, and the distance |w_ridge - w_tau| / |w_tau| that is left.

    ``smallest`` and ``largest`` are the alphas (times eps tau) that single directions ask for. All shapes (times,).
    """

    product: Tensor
    distance: Tensor
    smallest: Tensor
    largest: Tensor


def nearest(curvature: Tensor, coordinates: Tensor, rate: float, steps: Tensor) -> Nearest:
    """Search on a grid. ``curvature`` and ``coordinates`` (of w*) have shape (d,), ``steps`` (times,), from 1 up."""
    steps = steps[:, None]
    kept = filters.stopped(curvature, rate, steps)
    own = filters.equivalent(curvature, rate, steps) * rate * steps
    products = torch.logspace(-6, 1, GRID).to(curvature)
    alphas = products / (rate * steps)
    apart = (filters.ridge(curvature, alphas[..., None]) - kept[:, None]) * coordinates
    distance, best = apart.norm(dim=-1).min(dim=1)
    return Nearest(
        products[best], distance / (kept * coordinates).norm(dim=1), own.min(dim=1).values, own.max(dim=1).values
    )


def risk(kept: Tensor, curvature: Tensor, coordinates: Tensor, *, noise: float, n: int) -> Tensor:
    """E|w - w_true|^2 of an estimator that keeps these fractions: (times, d) gives (times,).

    Targets are X w_true + noise of this standard deviation; per direction the squared bias is (1 - f)^2 c^2 and the
    variance f^2 sigma^2 / (n lambda).
    """
    return ((1 - kept) ** 2 * coordinates**2 + kept**2 * noise**2 / (n * curvature)).sum(dim=-1)
