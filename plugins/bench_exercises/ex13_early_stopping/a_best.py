"""13a: for every stopping time the ridge that comes nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error

from . import by_hand, checks
from .problem import FEATURES, HIGH, LOW, SAMPLES, Regression, draw, spread

GRID = 2401
"""Candidates for alpha eps tau from 1e-6 to 10: 0.7 % apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """Per stopping time: the best alpha, times eps tau, and the distance |w_ridge - w_tau| / |w_tau| that is left.

    ``smallest`` and ``largest`` are the alphas (times eps tau) that single directions ask for. All shapes (times,).
    """

    product: Tensor
    distance: Tensor
    smallest: Tensor
    largest: Tensor

    def at(self, times: slice) -> Nearest:
        """Some of the stopping times."""
        return Nearest(
            product=self.product[times],
            distance=self.distance[times],
            smallest=self.smallest[times],
            largest=self.largest[times],
        )


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
        product=products[best],
        distance=distance / (kept * coordinates).norm(dim=1),
        smallest=own.min(dim=1).values,
        largest=own.max(dim=1).values,
    )


def study(lab: Lab, rate: float, longest: int) -> None:
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES), dtype=torch.float64).to(lab.device, lab.dtype)
    problem, optimum = draw(lab, SAMPLES, curvature.tolist())
    steps = torch.logspace(0, torch.tensor(longest).log10(), 80).round().unique().to(curvature)
    found = nearest(curvature, checks.coordinates(problem, optimum), rate, steps)
    some = slice(None, None, 8)
    for_real(lab, problem, rate, steps=steps[some], found=found.at(some))
    lab.claim("best α·ε·τ never exceeds 1", found.product.max(), at_most=1)
    above, below = found.product - found.smallest, found.largest - found.product
    lab.claim("best α·ε·τ less the smallest that a direction asks for", above.min(), at_least=0)
    lab.claim("the largest that a direction asks for, less best α·ε·τ", below.min(), at_least=0)
    unfinished = rate * steps * LOW <= 0.3
    product, distance = found.product[unfinished], found.distance[unfinished]
    lab.metric("smallest best α·ε·τ before the flattest direction is learned", product.min())
    lab.metric("largest best α·ε·τ", found.product.max())
    lab.metric("smallest distance left, relative", distance.min())
    lab.metric("largest distance left, relative", distance.max())
    for name, y in {"best α·ε·τ": found.product, "distance left / ‖w_τ‖": found.distance}.items():
        axes: dict[str, Any] = {"x_label": "τ, steps", "y_label": "α·ε·τ, and relative distance", "scale": "log-x"}
        lab.curve("The nearest ridge", steps, y, series=name, **axes)


def for_real(lab: Lab, problem: Regression, rate: float, *, steps: Tensor, found: Nearest) -> None:
    """The nearest ridge of some stopping times, solved for, lies as far from the iterate as the search says, and nearer
    than a ridge with 2 % more or less of alpha."""
    walked = [by_hand.closed_form(problem, rate, int(t)) for t in steps]
    around = torch.stack([missed(problem, rate * steps, found.product * factor, walked) for factor in (1, 0.98, 1.02)])
    lab.claim(
        "the distance to the nearest ridge = that of the search", max_error(around[0], found.distance), at_most=1e-10
    )
    lab.claim("2 % more or less of α is never nearer: by", (around[1:] - around[0]).min(), at_least=0)


def missed(problem: Regression, times: Tensor, products: Tensor, walked: list[Tensor]) -> Tensor:
    """|w_ridge - w_tau| / |w_tau| at alpha = product / (eps tau), for every stopping time (times,)."""
    solved = [by_hand.ridge(problem, float(alpha)) for alpha in products / times]
    return torch.stack([(w - stop).norm() / stop.norm() for w, stop in zip(solved, walked, strict=True)])
