"""13a: for every stopping time the ridge that comes nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench import Lab

from . import by_hand, checks
from .problem import FEATURES, HIGH, LOW, SAMPLES, draw, spread

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
    kept = by_hand.stopped(curvature, rate, steps)
    own = by_hand.equivalent(curvature, rate, steps) * rate * steps
    products = torch.logspace(-6, 1, GRID).to(curvature)
    alphas = products / (rate * steps)
    apart = (by_hand.shrunk(curvature, alphas[..., None]) - kept[:, None]) * coordinates
    distance, best = apart.norm(dim=-1).min(dim=1)
    return Nearest(
        products[best], distance / (kept * coordinates).norm(dim=1), own.min(dim=1).values, own.max(dim=1).values
    )


def study(lab: Lab, rate: float, longest: int) -> None:
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES)).to(lab.device, lab.dtype)
    problem, optimum = draw(lab, SAMPLES, curvature.tolist())
    steps = torch.logspace(0, torch.tensor(longest).log10(), 80).round().unique().to(curvature)
    found = nearest(curvature, checks.coordinates(problem, optimum), rate, steps)
    unfinished = rate * steps * LOW <= 0.3
    product, distance = found.product[unfinished], found.distance[unfinished]
    lab.claim("best α·ε·τ never exceeds 1", found.product.max(), at_most=1)
    lab.claim("best α·ε·τ while every direction still learns", product.min(), at_least=1 / 3)
    lab.claim(
        "best α·ε·τ less the smallest that a direction asks for", (found.product - found.smallest).min(), at_least=0
    )
    lab.claim(
        "the largest that a direction asks for, less best α·ε·τ", (found.largest - found.product).min(), at_least=0
    )
    lab.metric("smallest best α·ε·τ while every direction still learns", product.min())
    lab.metric("largest best α·ε·τ", found.product.max())
    lab.metric("smallest distance left, relative", distance.min())
    lab.metric("largest distance left, relative", distance.max())
    for name, y in {"best α·ε·τ": found.product, "distance left / ‖w_τ‖": found.distance}.items():
        axes: dict[str, Any] = {"x_label": "τ, steps", "y_label": "α·ε·τ, and relative distance", "scale": "log-x"}
        lab.curve("The nearest ridge", steps, y, series=name, **axes)
