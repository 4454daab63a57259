"""13a: gradient descent and ridge each keep a fraction of every eigendirection."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab, break_it
from bench.kit.compare import largest, max_error, relative_error

from . import a_mistakes, by_hand, checks, reference, solution
from .a_gap import allowed
from .problem import FEATURES, HIGH, LOW, SAMPLES, Regression, draw, spread

EXACT = 1e-10
"""For what only rounding separates: a thousand steps of rounding 1e-16, with room."""


def study(lab: Lab, rate: float, alpha: float) -> None:
    problem, optimum = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    stops = (1, 10, 100, lab.pick(smoke=300, quick=1000, full=1000))
    posed(lab, problem, optimum)
    lab.claim("gradient descent = its closed form", checks.closed_form(problem, rate, stops), at_most=EXACT)
    lab.claim("gradient descent by hand = torch.optim.SGD", checks.autograd(problem, rate, stops[:-1]), at_most=EXACT)
    lab.claim("τ steps = one step to the power τ", checks.power(problem, rate, stops), at_most=EXACT)
    lab.claim("ridge keeps λ/(λ+α) of every direction", checks.ridge(problem, optimum, alpha), at_most=EXACT)
    decayed = reference.descend_with_autograd(problem, 0.5, 100, alpha=1.0)
    gap = relative_error(decayed, by_hand.ridge(problem, 1.0))
    lab.claim("SGD with weight decay α converges to ridge", gap, at_most=EXACT)
    apart = checks.apart(problem, optimum, rate, stops)
    lab.claim("α = 1/(ετ): largest distance along one direction", apart, at_most=allowed(rate, HIGH))
    lengths(lab, problem, optimum, rate=rate, stops=stops)
    solved(lab, problem, rate, stops[2])
    lab.metric("curvatures", FEATURES)
    growth(lab)
    break_it(lab, *a_mistakes.mistakes(problem, optimum, rate, alpha))


def posed(lab: Lab, problem: Regression, optimum: Tensor) -> None:
    """The problem is the one that is spoken of, as PyTorch's own solvers see it."""
    curvatures = torch.linalg.eigvalsh(problem.hessian)
    asked = torch.tensor(spread(LOW, HIGH, FEATURES), dtype=torch.float64).to(curvatures)
    lab.claim("the curvatures are those asked for", max_error(curvatures, asked), at_most=1e-12)
    least_squares = torch.linalg.lstsq(problem.x, problem.y).solution
    lab.claim("w* = torch.linalg.lstsq", relative_error(optimum, least_squares), at_most=EXACT)


def lengths(lab: Lab, problem: Regression, optimum: Tensor, *, rate: float, stops: tuple[int, ...]) -> None:
    norms = checks.lengths(problem, rate, stops[-1])
    lab.claim("‖w_τ‖ never decreases: smallest step of the norm", norms.diff().min(), at_least=0)
    lab.claim("‖w_τ‖ / ‖w*‖ stays below 1", norms.max() / optimum.norm(), at_most=1)
    steeper = checks.steeper_first(spread(LOW, HIGH, FEATURES), rate, stops)
    # Rounding of fractions near 1 is 1e-16 times a few; a rise that is real is far larger.
    lab.claim("the more curved of two directions is kept more, by both", steeper, at_least=1e-12)


def solved(lab: Lab, problem: Regression, rate: float, steps: int) -> None:
    """The model solution takes the steps that were taken by hand."""
    weights, costs = solution.train(problem.x, problem.y, learning_rate=rate, steps=steps)
    walked = list(by_hand.iterates(problem, rate, steps))
    by_the_formula = torch.stack([problem.cost(w) for w in walked[:-1]])
    gaps = (
        relative_error(torch.tensor(costs, dtype=torch.float64).to(by_the_formula), by_the_formula),
        relative_error(weights, walked[-1]),
    )
    lab.claim("the model solution: every cost and the last weights = by hand", largest(gaps), at_most=EXACT)
    penalised, _ = solution.train(problem.x, problem.y, learning_rate=0.5, steps=100, penalty=1.0)
    gap = relative_error(penalised, by_hand.ridge(problem, 1.0))
    lab.claim("the model solution with a penalty ends at ridge", gap, at_most=EXACT)


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
