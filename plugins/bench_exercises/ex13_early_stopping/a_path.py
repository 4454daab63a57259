"""13a in two dimensions: both paths over the contours of the cost."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error

from . import by_hand, figures
from .a_gap import allowed
from .problem import Regression, tilted

PATHS = (
    "Both methods start at the origin, move first along the strongly curved direction and then along the flat one. "
    "Black lines join a stopping time τ with its partner α = 1/(ετ): the paths are near each other, and not the same."
)


def study(lab: Lab, rate: float, steps: int) -> None:
    problem, optimum = tilted(lab)
    walked = torch.stack(list(by_hand.iterates(problem, rate, steps)))
    shrunk = torch.stack(
        [torch.zeros_like(optimum), *(by_hand.ridge(problem, 1 / (rate * t)) for t in range(1, steps + 1))]
    )
    apart = (walked - shrunk).norm(dim=1) / optimum.norm()
    bounded(lab, problem, optimum, rate=rate, gaps=walked - shrunk)
    ahead = ((shrunk - optimum).norm(dim=1) - (walked - optimum).norm(dim=1))[1:]
    lab.claim("gradient descent is nearer to w* than its partner, at every τ by", ahead.min(), at_least=0)
    lab.metric("widest distance of the paths over ‖w*‖", apart.max())
    marked = [t for t in (1, 3, 10, 30, 100, 300) if t <= steps]
    lab.figure(
        "Two paths",
        figures.paths(*(t.cpu() for t in (problem.hessian, optimum, walked, shrunk)), marked=marked),
        PATHS,
    )


def bounded(lab: Lab, problem: Regression, optimum: Tensor, *, rate: float, gaps: Tensor) -> None:
    """``gaps`` (times, 2) between the paths: against the fractions that are kept, and against their bounds."""
    curvature, q = torch.linalg.eigh(problem.hessian)
    met, times = q.T @ optimum, torch.arange(1, len(gaps)).to(gaps)[:, None]
    kept = by_hand.stopped(curvature, rate, times) - by_hand.shrunk(curvature, 1 / (rate * times))
    lab.claim("the gap of the paths = that of the fractions", max_error(gaps[1:] @ q, kept * met), at_most=1e-10)
    bounds = torch.tensor([allowed(rate, float(c)) for c in curvature], dtype=torch.float64).to(met)
    apart = gaps.norm(dim=1).max() / optimum.norm()
    lab.claim("the paths are never further apart than", apart, at_most=float((bounds * met).norm() / met.norm()))
    # For the flat direction the walk passes the widest place slowly, in steps of ελ = .008, and so comes this near.
    flat = (gaps @ q[:, 0]).abs().max() / met[0].abs()
    lab.claim(
        "the bound along the flat direction, less what is reached", bounds[0] - flat, at_most=0.002, as_declared=True
    )
