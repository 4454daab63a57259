"""Both methods, in every form: gradient descent step by step, its closed form, and ridge regression."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from . import filters
from .problem import Regression

# By hand


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
    return q @ (filters.stopped(curvature, rate, steps) / curvature * (q.T @ problem.moment))


def ridge(problem: Regression, alpha: float) -> Tensor:
    """The minimum of J(w) + alpha |w|^2 / 2: (H + alpha I)^-1 b."""
    hessian = problem.hessian
    return torch.linalg.solve(hessian + alpha * torch.eye(len(hessian)).to(hessian), problem.moment)


# By autograd


def descend_with_autograd(problem: Regression, rate: float, steps: int, alpha: float = 0.0) -> Tensor:
    """The usual loop: ``torch.optim.SGD`` on the mean squared error, from zero; ``alpha`` is its weight decay."""
    w = nn.Parameter(torch.zeros_like(problem.x[0]))
    optimizer = torch.optim.SGD([w], lr=rate, weight_decay=alpha)
    for _ in range(steps):
        optimizer.zero_grad()
        (0.5 * (problem.x @ w - problem.y).square().mean()).backward()
        optimizer.step()
    return w.detach()


# Without steps


def by_squaring(problem: Regression, rate: float, steps: int) -> Tensor:
    """w_tau from the tau-th power of one step, an affine map: [w; 1] <- [[I - eps H, eps b], [0, 1]] [w; 1].

    ``matrix_power`` squares repeatedly, about 2 log2(tau) products. Works for a singular hessian as well.
    """
    d = problem.x.shape[1]
    step = torch.eye(d + 1).to(problem.x)
    step[:d, :d] -= rate * problem.hessian
    step[:d, d] = rate * problem.moment
    return torch.linalg.matrix_power(step, steps)[:d, d]
