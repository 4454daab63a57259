"""13a, the classic mistakes: each computed as it would be made, and held against the claim that it should fail."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Mistake
from bench.kit.compare import relative_error

from . import by_hand, checks, reference
from .problem import Regression

STEPS = 100


def mistakes(problem: Regression, optimum: Tensor, rate: float, alpha: float) -> tuple[Mistake, ...]:
    return (*of_descent(problem, optimum, rate), *of_ridge(problem, optimum, alpha), *of_both(problem, optimum, rate))


def of_descent(problem: Regression, optimum: Tensor, rate: float) -> tuple[Mistake, ...]:
    right, walk = by_hand.closed_form(problem, rate, STEPS), by_hand.descend
    curvature, q = torch.linalg.eigh(problem.hessian)
    remainder = q @ ((1 - by_hand.stopped(curvature, rate, STEPS)) * (q.T @ optimum))
    closed, torchs = "gradient descent = its closed form", "gradient descent by hand = torch.optim.SGD"
    sgd = reference.descend_with_autograd(problem, rate, STEPS)
    return (
        mistake("sign: uphill, w + ε∇J", closed, walk(problem, -rate, STEPS), right),
        mistake("off by one: τ - 1 steps", closed, walk(problem, rate, STEPS - 1), right),
        mistake("start: w₀ = (1, …, 1)", closed, walk(problem, rate, STEPS, torch.ones_like(optimum)), right),
        mistake("missing term: (1 - ελ)^τ for 1 - (1 - ελ)^τ", closed, remainder, right),
        mistake("factor: the ½ of the cost forgotten", torchs, walk(problem, 2 * rate, STEPS), sgd),
    )


def of_ridge(problem: Regression, optimum: Tensor, alpha: float) -> tuple[Mistake, ...]:
    curvature, q = torch.linalg.eigh(problem.hessian)
    kept, right = by_hand.shrunk(curvature, alpha), by_hand.ridge(problem, alpha)
    fractions, decay = "ridge keeps λ/(λ+α) of every direction", "SGD with weight decay α converges to ridge"
    decayed = reference.descend_with_autograd(problem, 0.5, STEPS, alpha=1.0)
    return (
        mistake("axis: Q for Qᵀ", fractions, q.T @ (kept * (q @ optimum)), right),
        mistake(
            "factor: XᵀX + αI, the 1/n forgotten", fractions, by_hand.ridge(problem, alpha / len(problem.y)), right
        ),
        mistake("factor: α‖w‖² for ½α‖w‖²", decay, decayed, by_hand.ridge(problem, 2.0)),
    )


def of_both(problem: Regression, optimum: Tensor, rate: float) -> tuple[Mistake, ...]:
    """The rule that joins the two, the wrong way round."""
    gap = checks.apart(problem, optimum, rate, (STEPS,), alpha=lambda time: time)
    name = "upside down: α = ετ"
    return (Mistake(name=name, fails="α = 1/(ετ): largest distance along one direction", value=float(gap)),)


def mistake(name: str, fails: str, found: Tensor, expected: Tensor) -> Mistake:
    return Mistake(name=name, fails=fails, value=relative_error(found, expected))
