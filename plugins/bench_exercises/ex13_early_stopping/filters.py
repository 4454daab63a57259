"""What each method does to one eigendirection: the fraction of w* that it keeps, and how far the two can be apart.

Early stopping keeps 1 - (1 - eps lambda)^tau, ridge lambda / (lambda + alpha). All functions work elementwise.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def stopped(curvature: Tensor, rate: float, steps: Tensor | int) -> Tensor:
    """1 - (1 - eps lambda)^tau, without cancellation where eps lambda is small. Needs eps lambda < 1."""
    return -torch.expm1(steps * torch.log1p(-rate * curvature))


def flowed(curvature: Tensor, time: Tensor | float) -> Tensor:
    """1 - exp(-lambda t): infinitely many infinitely small steps, t = eps tau."""
    return -torch.expm1(-curvature * time)


def ridge(curvature: Tensor, alpha: Tensor | float) -> Tensor:
    """lambda / (lambda + alpha)."""
    return curvature / (curvature + alpha)


def equivalent(curvature: Tensor, rate: float, steps: Tensor | int) -> Tensor:
    """The alpha that makes ridge keep as much of this one direction: lambda (1 - s) / s, s as in ``stopped``."""
    left = torch.exp(steps * torch.log1p(-rate * curvature))
    return curvature * left / stopped(curvature, rate, steps)


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


def worst_variance() -> float:
    """The supremum over u of [(1 - exp(-u)) (1 + u) / u]^2: how much more noise a flow lets through than ridge."""
    u = torch.logspace(-3, 3, 60001, dtype=torch.float64)
    return float((flowed(u, 1.0) / ridge(u, 1.0)).square().max())
