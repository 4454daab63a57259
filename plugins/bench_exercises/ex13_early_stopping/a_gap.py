"""13a: how far apart the two fractions are, and where they are the same."""

from __future__ import annotations

import math
from typing import Any

import torch

from bench import Lab

from . import by_hand, checks
from .problem import FEATURES, HIGH, LOW, SAMPLES, draw, spread


def study(lab: Lab, rate: float, alpha: float) -> None:
    steps = round(1 / (rate * alpha))
    chosen = torch.tensor([0.01, 0.1, 0.25, 1.0, 10.0], dtype=torch.float64)
    lab.table("One α for all directions", [comparison_row(float(c), rate, alpha, steps) for c in chosen])
    curvature = torch.logspace(-3, 1, 4001, dtype=torch.float64)
    kept, shrunk = by_hand.stopped(curvature, rate, steps), by_hand.shrunk(curvature, alpha)
    for name, y in {"early stopping": kept, "ridge": shrunk, "difference": kept - shrunk}.items():
        axes: dict[str, Any] = {"x_label": "λ/α", "y_label": "fraction of w* kept", "scale": "log-x"}
        lab.curve("The fraction kept", curvature / alpha, y, series=name, **axes)
    where, widest_gap = widest()
    lab.metric("λ/α where the gap is widest", where)
    lab.metric("widest gap, small steps", widest_gap)
    largest, bound = (kept - shrunk).abs().max(), allowed(rate, float(curvature.max()), steps)
    lab.claim("the fractions differ by at most", largest, at_most=bound)
    lab.claim("the fractions differ by no less than the gap of small steps", largest, at_least=widest_gap - 1e-4)
    lab.claim("early stopping keeps the larger fraction at λ > 0", (kept - shrunk).min(), at_least=0)
    flat = by_hand.equivalent(torch.tensor(0.01 * alpha, dtype=torch.float64), rate, steps) * rate * steps
    lab.claim("at λ = α/100 the rule α = 1/(ετ) is off by", (flat - 1).abs(), at_most=0.01)
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


def own_alphas(lab: Lab, rate: float) -> None:
    """Where the equivalence is exact: an alpha per direction, or the same curvature in all directions."""
    problem, _ = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    lab.claim("exact with one α per direction", checks.tikhonov(problem, rate, 100), at_most=1e-10)
    round_one, _ = draw(lab, SAMPLES, [0.5] * FEATURES)
    alpha = float(by_hand.equivalent(torch.tensor(0.5, dtype=torch.float64), rate, 100))
    found = checks.relative(by_hand.ridge(round_one, alpha), by_hand.descend(round_one, rate, 100))
    lab.claim("exact with a single α where all curvatures are equal", found, at_most=1e-10)


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
