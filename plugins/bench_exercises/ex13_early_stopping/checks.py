"""What the claims hold against each other: the same iterate or estimate reached in two ways, as one number."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from bench.kit.compare import largest, relative_error

from . import by_hand, reference
from .problem import Regression


def closed_form(problem: Regression, rate: float, stops: Sequence[int]) -> float:
    return largest(
        relative_error(by_hand.closed_form(problem, rate, t), by_hand.descend(problem, rate, t)) for t in stops
    )


def autograd(problem: Regression, rate: float, stops: Sequence[int]) -> float:
    pairs = ((by_hand.descend(problem, rate, t), reference.descend_with_autograd(problem, rate, t)) for t in stops)
    return largest(relative_error(hand, torchs) for hand, torchs in pairs)


def power(problem: Regression, rate: float, stops: Sequence[int]) -> float:
    return largest(
        relative_error(by_hand.by_squaring(problem, rate, t), by_hand.descend(problem, rate, t)) for t in stops
    )


def coordinates(problem: Regression, w: Tensor) -> Tensor:
    """Q^T w (d,), in the order of rising curvature; signs are arbitrary, so only sizes mean anything."""
    return torch.linalg.eigh(problem.hessian).eigenvectors.T @ w


def ridge(problem: Regression, optimum: Tensor, alpha: float) -> float:
    """The minimum of the penalised cost, solved for, against w* filtered direction by direction."""
    curvature, q = torch.linalg.eigh(problem.hessian)
    return relative_error(q @ (by_hand.shrunk(curvature, alpha) * (q.T @ optimum)), by_hand.ridge(problem, alpha))


def reciprocal(time: float) -> float:
    return 1 / time


def apart(
    problem: Regression,
    optimum: Tensor,
    rate: float,
    stops: Sequence[int],
    *,
    alpha: Callable[[float], float] = reciprocal,
) -> Tensor:
    """How far the walked iterate and the ridge that is solved for are apart along any eigenvector, over |Q^T w*|.

    The largest of all directions and stops; ``alpha`` makes the penalty of eps tau.
    """
    met = coordinates(problem, optimum).abs()
    gaps = [by_hand.descend(problem, rate, t) - by_hand.ridge(problem, alpha(rate * t)) for t in stops]
    return torch.stack([(coordinates(problem, gap).abs() / met).max() for gap in gaps]).max()


def tikhonov(problem: Regression, rate: float, steps: int) -> float:
    """The penalty w^T A w / 2 whose A has an alpha of its own for every direction, against the iterate."""
    curvature, q = torch.linalg.eigh(problem.hessian)
    penalty = (q * by_hand.equivalent(curvature, rate, steps)) @ q.T
    minimum = torch.linalg.solve(problem.hessian + penalty, problem.moment)
    return relative_error(minimum, by_hand.descend(problem, rate, steps))


def steeper_first(curvature: Sequence[float], rate: float, stops: Sequence[int]) -> Tensor:
    """The smallest growth of the kept fraction from one curvature to the next, over both methods and all stops.

    Only where the steeper of the two is still learning.
    """
    rising = torch.tensor(sorted(curvature), dtype=torch.float64)
    rises = []
    for t in stops:
        stopped, shrunk = by_hand.stopped(rising, rate, t), by_hand.shrunk(rising, 1 / (rate * t))
        # Where nothing of a direction is left to learn, 1 is kept of both, to rounding.
        learning = stopped[1:] < 1 - 1e-9
        rises += [stopped.diff()[learning], shrunk.diff()]
    return torch.cat(rises).min()


def lengths(problem: Regression, rate: float, steps: int) -> Tensor:
    """|w_0|, ..., |w_tau|, shape (tau + 1,)."""
    return torch.stack([w.norm() for w in by_hand.iterates(problem, rate, steps)])
