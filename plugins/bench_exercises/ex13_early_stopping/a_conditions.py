"""13a: what the equivalence needs, a start at zero and a small learning rate."""

from __future__ import annotations

import torch

from bench import Lab

from . import by_hand, checks
from .problem import FEATURES, HIGH, LOW, SAMPLES, draw, spread


def study(lab: Lab, rate: float, steps: int) -> None:
    problem, optimum = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    curvature, q = torch.linalg.eigh(problem.hessian)
    start = optimum + 3 * q[:, 0]
    moved = by_hand.descend(problem, rate, steps, start)
    kept = by_hand.stopped(curvature, rate, steps)
    expected = start + q @ (kept * (q.T @ (optimum - start)))
    lab.claim("from w₀, what is kept is a fraction of w* − w₀", checks.relative(moved, expected), at_most=1e-10)
    left = (moved - by_hand.descend(problem, rate, steps, optimum)).norm() / 3
    lab.claim("a start 3 away from w* along the flattest direction: what is left", left, at_least=0.9)
    norms = checks.lengths(problem, 1.5 / HIGH, 20) / optimum.norm()
    lab.claim("ε = 1.5/λ_max: one step shortens w, in units of ‖w*‖", norms.diff().min(), at_most=-0.01)
    norms = checks.lengths(problem, 2.1 / HIGH, 200) / optimum.norm()
    lab.claim("ε = 2.1/λ_max diverges: ‖w‖ / ‖w*‖ after 200 steps", norms[-1], at_least=1e6)
    singular, _ = draw(lab, SAMPLES, [0.0] * 6 + spread(0.1, 1.0, 6))
    shortest = torch.linalg.pinv(singular.x) @ singular.y
    limits = (by_hand.descend(singular, 0.5, 600), by_hand.ridge(singular, 1e-11))
    lab.claim(
        "singular H: descent from zero ends at the shortest minimum", checks.relative(limits[0], shortest), at_most=1e-8
    )
    lab.claim(
        "singular H: ridge ends there too for α → 0 (α = 1e-11)", checks.relative(limits[1], shortest), at_most=1e-4
    )
