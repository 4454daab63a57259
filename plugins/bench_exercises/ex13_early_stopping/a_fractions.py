"""13a: gradient descent and ridge each keep a fraction of every eigendirection."""

from __future__ import annotations

import torch

from bench import Lab

from . import by_hand, checks, reference
from .problem import FEATURES, HIGH, LOW, SAMPLES, draw, spread


def study(lab: Lab, rate: float, alpha: float) -> None:
    problem, optimum = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    stops = (1, 10, 100, lab.pick(smoke=300, quick=1000, full=1000))
    lab.claim("gradient descent = its closed form", checks.closed_form(problem, rate, stops), at_most=1e-10)
    lab.claim("gradient descent by hand = torch.optim.SGD", checks.autograd(problem, rate, stops[:-1]), at_most=1e-10)
    lab.claim("τ steps = one step to the power τ", checks.power(problem, rate, stops), at_most=1e-10)
    lab.claim("ridge keeps λ/(λ+α) of every direction", checks.ridge(problem, optimum, alpha), at_most=1e-10)
    decayed = reference.descend_with_autograd(problem, 0.5, 100, alpha=1.0)
    gap = checks.relative(decayed, by_hand.ridge(problem, 1.0))
    lab.claim("SGD with weight decay α converges to ridge", gap, at_most=1e-10)
    norms = torch.stack([w.norm() for w in by_hand.iterates(problem, rate, stops[-1])])
    lab.claim("‖w_τ‖ never decreases: smallest step of the norm", norms.diff().min(), at_least=0)
    lab.claim("‖w_τ‖ / ‖w*‖ stays below 1", norms.max() / optimum.norm(), at_most=1)
    steeper = checks.steeper_first(spread(LOW, HIGH, FEATURES), rate, stops)
    lab.claim("the more curved of two directions is kept more, by both", steeper, at_least=0)
    lab.metric("curvatures", FEATURES)
    growth(lab)


def growth(lab: Lab) -> None:
    """|w| against eps tau = 1 / alpha, both in closed form."""
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES), dtype=torch.float64)
    times = torch.logspace(-1, 5, 121, dtype=torch.float64)
    both = {"early stopping": by_hand.flowed, "ridge": lambda c, t: by_hand.shrunk(c, 1 / t)}
    for name, method in both.items():
        length = method(curvature, times[:, None]).norm(dim=1) / FEATURES**0.5
        lab.curve(
            "The length of w", times, length, series=name, x_label="t = ετ = 1/α", y_label="‖w‖ / ‖w*‖", scale="log-x"
        )
