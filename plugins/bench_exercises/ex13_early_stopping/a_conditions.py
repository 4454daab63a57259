"""13a: what the equivalence needs, a start at zero and a small learning rate."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error, relative_error

from . import by_hand, checks
from .problem import FEATURES, HIGH, LOW, SAMPLES, Regression, draw, spread

EXACT = 1e-10


def study(lab: Lab, rate: float, steps: int) -> None:
    problem, optimum = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    start_elsewhere(lab, problem, optimum, rate=rate, steps=steps)
    large_steps(lab, problem, optimum)
    flat_directions(lab)


def start_elsewhere(lab: Lab, problem: Regression, optimum: Tensor, *, rate: float, steps: int) -> None:
    curvature, q = torch.linalg.eigh(problem.hessian)
    start = optimum + 3 * q[:, 0]
    moved = by_hand.descend(problem, rate, steps, start)
    expected = start + q @ (by_hand.stopped(curvature, rate, steps) * (q.T @ (optimum - start)))
    lab.claim("from w₀, what is kept is a fraction of w* − w₀", relative_error(moved, expected), at_most=EXACT)
    # Ridge that pulls to w₀ instead of to the origin, solved for, with an alpha of its own for every direction.
    penalty = (q * by_hand.equivalent(curvature, rate, steps)) @ q.T
    pulled = torch.linalg.solve(problem.hessian + penalty, problem.moment + penalty @ start)
    lab.claim("from w₀, it is a ridge that pulls to w₀", relative_error(pulled, moved), at_most=EXACT)
    left, law = (moved - optimum).norm() / 3, (1 - rate * LOW) ** steps
    lab.claim("a start 3 away from w* along the flattest direction: what is left", left, at_least=law - EXACT)
    lab.claim("… which is (1 - ελ)^τ of it", max_error(left, law), at_most=EXACT)


def large_steps(lab: Lab, problem: Regression, optimum: Tensor) -> None:
    """Beyond 1 / lambda_max a direction overshoots, beyond 2 / lambda_max it grows: by the powers of 1 - eps lambda."""
    curvature = torch.linalg.eigvalsh(problem.hessian)
    norms = checks.lengths(problem, 1.5 / HIGH, 20) / optimum.norm()
    powers = (1 - 1.5 / HIGH * curvature) ** torch.arange(21).to(curvature)[:, None]
    expected = (1 - powers).norm(dim=1) / FEATURES**0.5
    lab.claim("ε = 1.5/λ_max: the lengths are those of 1 - (1 - ελ)^τ", max_error(norms, expected), at_most=EXACT)
    lab.claim("ε = 1.5/λ_max: one step shortens w, in units of ‖w*‖", norms.diff().min(), at_most=0)
    norms = checks.lengths(problem, 2.1 / HIGH, 200) / optimum.norm()
    # The steepest of the directions alone is at |1 - (-1.1)^200|, and each is 1 / √d of w*.
    grown = (1.1**200 - 1) / FEATURES**0.5
    lab.claim("ε = 2.1/λ_max diverges: ‖w‖ / ‖w*‖ after 200 steps", norms[-1], at_least=grown * (1 - 1e-9))


def flat_directions(lab: Lab) -> None:
    singular, _ = draw(lab, SAMPLES, [0.0] * 6 + spread(0.1, 1.0, 6))
    shortest = torch.linalg.pinv(singular.x) @ singular.y
    descended, shrunk = by_hand.descend(singular, 0.5, 600), by_hand.ridge(singular, 1e-11)
    # The flattest direction of the six that are left has (1 - .05)^600 = 4e-14 to go.
    gap = relative_error(descended, shortest)
    lab.claim("singular H: descent from zero ends at the shortest minimum", gap, at_most=EXACT)
    # H + αI is solved for with a condition number of 1 / α = 1e11, which leaves rounding of 1e-16 as 1e-5.
    gap = relative_error(shrunk, shortest)
    lab.claim("singular H: ridge ends there too for α → 0 (α = 1e-11)", gap, at_most=1e-4)
