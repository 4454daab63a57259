"""13a: how far apart the two fractions are, and where they are the same."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import relative_error, smallest

from . import by_hand, checks
from .problem import FEATURES, HIGH, LOW, SAMPLES, draw, spread

EXACT = 1e-10
WALK = 100
"""Steps of the walks that a ridge should meet exactly."""


def study(lab: Lab, rate: float, alpha: float) -> None:
    steps = round(1 / (rate * alpha))
    chosen = torch.tensor([0.01, 0.1, 0.25, 1.0, 10.0], dtype=torch.float64)
    lab.table("One α for all directions", [comparison_row(float(c), rate, alpha, steps) for c in chosen])
    curvature = torch.logspace(-3, 1, 4001, dtype=torch.float64)
    kept, shrunk = by_hand.stopped(curvature, rate, steps), by_hand.shrunk(curvature, alpha)
    for name, y in {"early stopping": kept, "ridge": shrunk, "difference": kept - shrunk}.items():
        axes: dict[str, Any] = {"x_label": "λ/α", "y_label": "fraction of w* kept", "scale": "log-x"}
        lab.curve("The fraction kept", curvature / alpha, y, series=name, **axes)
    bounded(lab, kept - shrunk, allowed(rate, float(curvature.max()), steps), steps)
    first_order(lab, rate, alpha, steps)
    own_alphas(lab, rate)


def comparison_row(curvature: float, rate: float, alpha: float, steps: int) -> dict[str, Any]:
    at = torch.tensor(curvature, dtype=torch.float64)
    return {
        "curvature λ": curvature,
        "λ/α": curvature / alpha,
        f"early stopping, τ = {steps}": float(by_hand.stopped(at, rate, steps)),
        f"ridge, α = {alpha:g}": float(by_hand.shrunk(at, alpha)),
        "the α that would be exact here": float(by_hand.equivalent(at, rate, steps)),
    }


def bounded(lab: Lab, difference: Tensor, bound: float, steps: int) -> None:
    """``difference`` (curvatures,) of the fractions, against its bound from above, from below, and the bound itself."""
    where, gap = widest()
    lab.metric("λ/α where the gap is widest", where)
    lab.metric("widest gap, small steps", gap)
    found = difference.abs().max()
    lab.claim("the fractions differ by at most", found, at_most=bound)
    # The grid has 1,000 curvatures a decade: it misses the maximum by less than a millionth.
    lab.claim(
        "the fractions differ by no less than the gap of small steps", found, at_least=gap - 1e-6, as_declared=True
    )
    # What the bound grants to a finite step, 2 / (e² τ (1 - a)), is .30 / τ for a = ελ = .1, the largest here.
    lab.claim("the bound is larger than what is reached by", bound - found, at_most=0.31 / steps, as_declared=True)
    lab.claim("early stopping keeps the larger fraction at λ > 0", difference.min(), at_least=0)


def first_order(lab: Lab, rate: float, alpha: float, steps: int) -> None:
    """Where lambda << alpha the rule is right, and its error is (1 + 1/tau) u / 2 + O(u²), u = eps tau lambda."""
    flat = torch.tensor(0.01 * alpha, dtype=torch.float64)
    time, u = rate * steps, 0.01 * alpha * rate * steps
    off, predicted = 1 - by_hand.equivalent(flat, rate, steps) * time, (1 + 1 / steps) * u / 2
    lab.claim("at λ = α/100 the rule α = 1/(ετ) is off by", off, at_most=predicted)
    lab.claim("… and by half of λ/α, to first order", (off - predicted).abs(), at_most=u**2)


def own_alphas(lab: Lab, rate: float) -> None:
    """Where the equivalence is exact: an alpha per direction, or one curvature in all directions that w* meets."""
    problem, _ = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    lab.claim("exact with one α per direction", checks.tikhonov(problem, rate, WALK), at_most=EXACT)
    one: dict[str, tuple[list[float], list[float] | None]] = {"all curvatures are equal": ([0.5] * FEATURES, None)}
    # Four directions of curvature 1/2 that w* meets; seven others that it does not, and one that is flat.
    others = [0.5] * 4 + spread(LOW, HIGH, FEATURES - 5) + [0.0]
    one["the curvatures that w* meets are equal"] = (others, [1.0, -1.0, 2.0, 0.5] + [0.0] * (FEATURES - 4))
    for condition, (curvatures, met) in one.items():
        lab.claim(f"exact with a single α where {condition}", misfit(lab, rate, curvatures, met), at_most=EXACT)
    two = [0.5] * 4 + [0.25] * (FEATURES - 4)
    # A million times what is allowed where it is exact.
    lab.claim("two curvatures that w* meets: the best α misses by", misfit(lab, rate, two, None), at_least=1e-4)
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES), dtype=torch.float64)
    own = torch.stack([by_hand.equivalent(curvature, rate, steps) for steps in (1, 10, 1000)])
    lab.claim("the α that a direction asks for falls with its curvature: steps", own.diff().max(), at_most=0)


def misfit(lab: Lab, rate: float, curvatures: list[float], met: list[float] | None) -> float:
    """The least relative error of a ridge against the iterate, over the alphas from what one direction asks for to what
    the other does. ``met`` are the coordinates of w*."""
    problem, _ = draw(lab, SAMPLES, curvatures, met)
    walked = by_hand.descend(problem, rate, WALK)
    meets = [c for c, w in zip(curvatures, met or [1.0] * len(curvatures), strict=True) if w and c]
    ends = by_hand.equivalent(torch.tensor([max(meets), min(meets)], dtype=torch.float64), rate, WALK)
    low, high = ends.tolist()
    alphas = torch.linspace(low, high, 201 if high > low else 1, dtype=torch.float64)
    return smallest(relative_error(by_hand.ridge(problem, float(alpha)), walked) for alpha in alphas)


def widest() -> tuple[float, float]:
    """``(u, gap)``: where exp(-u) and 1 / (1 + u) differ most for u = lambda / alpha, and by how much.

    The derivative of 1 / (1 + u) - exp(-u) vanishes where u = 2 log(1 + u), which Newton's method solves; there
    exp(-u) = 1 / (1 + u)^2, so the gap is u / (1 + u)^2.
    """
    u = 3.0
    for _ in range(20):
        u -= (u - 2 * math.log1p(u)) / (1 - 2 / (1 + u))
    return u, u / (1 + u) ** 2


def allowed(rate: float, curvature: float, steps: int = 1) -> float:
    """A bound on |stopped - ridge| at alpha = 1 / (eps tau), for every curvature up to this one and tau >= ``steps``.

    ``widest`` is the gap for small steps. A step of size a = eps lambda adds
    exp(-a tau) - (1 - a)^tau <= exp(-a tau) tau a^2 / (2 (1 - a)), which x exp(-x) <= 1 / e bounds by
    a / (2 e (1 - a)), and x^2 exp(-x) <= 4 / e^2 by 2 / (e^2 tau (1 - a)).
    """
    step = rate * curvature
    if not 0 < step < 1:
        raise ValueError(f"eps lambda = {step:g} must lie between 0 and 1: take a smaller learning rate")
    return widest()[1] + min(step / (2 * math.e), 2 / (math.e**2 * steps)) / (1 - step)
