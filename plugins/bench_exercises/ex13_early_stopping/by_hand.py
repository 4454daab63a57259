"""Both methods by hand: step by step, in closed form, and as the fraction of w* that each keeps of an eigendirection.

Early stopping keeps 1 - (1 - eps lambda)^tau of it, ridge lambda / (lambda + alpha).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import torch
from torch import Tensor

from .problem import Regression

# What is kept of one direction; all of these work elementwise


def stopped(curvature: Tensor, rate: float, steps: Tensor | int) -> Tensor:
    """1 - (1 - eps lambda)^tau, without cancellation where eps lambda is small. Needs eps lambda < 1."""
    return -torch.expm1(steps * torch.log1p(-rate * curvature))


def flowed(curvature: Tensor, time: Tensor | float) -> Tensor:
    """1 - exp(-lambda t): infinitely many infinitely small steps, t = eps tau."""
    return -torch.expm1(-curvature * time)


def shrunk(curvature: Tensor, alpha: Tensor | float) -> Tensor:
    """lambda / (lambda + alpha)."""
    return curvature / (curvature + alpha)


def equivalent(curvature: Tensor, rate: float, steps: Tensor | int) -> Tensor:
    """The alpha that makes ridge keep as much of this one direction: lambda (1 - s) / s, s as in ``stopped``."""
    left = torch.exp(steps * torch.log1p(-rate * curvature))
    return curvature * left / stopped(curvature, rate, steps)


# The weights


def iterates(problem: Regression, rate: float, steps: int, start: Tensor | None = None) -> Iterator[Tensor]:
    """w_0, w_1, ... of gradient descent, w <- w - eps (Hw - b); w_0 is zero unless ``start`` is given."""
    hessian, moment = problem.hessian, problem.moment
    w = torch.zeros_like(moment) if start is None else start.clone()
    yield w
    for _ in range(steps):
        w = w - rate * (hessian @ w - moment)
        yield w


def descend(problem: Regression, rate: float, steps: int, start: Tensor | None = None) -> Tensor:
    """w_tau (d,)."""
    (last,) = deque(iterates(problem, rate, steps, start), maxlen=1)
    return last


def closed_form(problem: Regression, rate: float, steps: int) -> Tensor:
    """w_tau = Q [I - (I - eps Lambda)^tau] Lambda^-1 Q^T b from w_0 = 0. Needs a hessian of full rank."""
    curvature, q = torch.linalg.eigh(problem.hessian)
    return q @ (stopped(curvature, rate, steps) / curvature * (q.T @ problem.moment))


def ridge(problem: Regression, alpha: float) -> Tensor:
    """The minimum of J(w) + alpha |w|^2 / 2: (H + alpha I)^-1 b."""
    hessian = problem.hessian
    return torch.linalg.solve(hessian + alpha * torch.eye(len(hessian)).to(hessian), problem.moment)


def by_squaring(problem: Regression, rate: float, steps: int) -> Tensor:
    """w_tau from the tau-th power of one step, an affine map: [w; 1] <- [[I - eps H, eps b], [0, 1]] [w; 1].

    ``matrix_power`` squares repeatedly, about 2 log2(tau) products. Works for a singular hessian as well.
    """
    d = problem.x.shape[1]
    step = torch.eye(d + 1).to(problem.x)
    step[:d, :d] -= rate * problem.hessian
    step[:d, d] = rate * problem.moment
    return torch.linalg.matrix_power(step, steps)[:d, d]
