"""13a in two dimensions: both paths over the contours of the cost."""

from __future__ import annotations

import torch

from bench import Lab

from . import by_hand, figures
from .a_gap import allowed
from .problem import tilted

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
    steepest = float(torch.linalg.eigvalsh(problem.hessian).max())
    lab.claim("the paths are never further apart than", apart.max(), at_most=allowed(rate, steepest))
    ahead = ((shrunk - optimum).norm(dim=1) - (walked - optimum).norm(dim=1))[1:]
    lab.claim("gradient descent is nearer to w* than its partner, at every τ by", ahead.min(), at_least=0)
    lab.metric("widest distance of the paths over ‖w*‖", apart.max())
    marked = [t for t in (1, 3, 10, 30, 100, 300) if t <= steps]
    lab.figure(
        "Two paths",
        figures.paths(*(t.cpu() for t in (problem.hessian, optimum, walked, shrunk)), marked=marked),
        PATHS,
    )
