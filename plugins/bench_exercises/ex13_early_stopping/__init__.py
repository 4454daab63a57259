"""ex13: early stopping and L2 regularisation, on a linear model with a quadratic cost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl

from . import checks, descent, filters, pictures
from .nearest import nearest, risk
from .problem import Regression, draw, spread, tilted
from .validation import chosen_by_validation

exercise = Exercise(tags=("theory", "regularisation", "optimisation"))

SAMPLES, LOW, HIGH, FEATURES = 40, 1e-3, 1.0, 12

# The problem is `problem.py`; by hand and by autograd are in `descent.py`, the closed forms' factors in `filters.py`.


@exercise.study("a", "Gradient descent and ridge each keep a fraction of every eigendirection", rate=0.1, alpha=0.01)
def fractions(lab: Lab, rate: float, alpha: float) -> None:
    problem, optimum = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    stops = (1, 10, 100, lab.pick(smoke=300, quick=1000, full=1000))
    lab.claim("gradient descent = its closed form", checks.closed_form(problem, rate, stops), at_most=1e-10)
    lab.claim("gradient descent by hand = torch.optim.SGD", checks.autograd(problem, rate, stops[:-1]), at_most=1e-10)
    lab.claim("τ steps = one step to the power τ", checks.power(problem, rate, stops), at_most=1e-10)
    lab.claim("ridge keeps λ/(λ+α) of every direction", checks.ridge(problem, optimum, alpha), at_most=1e-10)
    decayed = descent.descend_with_autograd(problem, 0.5, 100, alpha=1.0)
    gap = checks.relative(decayed, descent.ridge(problem, 1.0))
    lab.claim("SGD with weight decay α converges to ridge", gap, at_most=1e-10)
    norms = torch.stack([w.norm() for w in descent.iterates(problem, rate, stops[-1])])
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
    both = {"early stopping": filters.flowed, "ridge": lambda c, t: filters.ridge(c, 1 / t)}
    for name, method in both.items():
        length = method(curvature, times[:, None]).norm(dim=1) / FEATURES**0.5
        lab.curve(
            "The length of w", times, length, series=name, x_label="t = ετ = 1/α", y_label="‖w‖ / ‖w*‖", scale="log-x"
        )


@exercise.study("a.gap", "How far apart the two are, direction by direction", rate=0.01, alpha=0.1)
def gap(lab: Lab, rate: float, alpha: float) -> None:
    steps = round(1 / (rate * alpha))
    chosen = torch.tensor([0.01, 0.1, 0.25, 1.0, 10.0], dtype=torch.float64)
    lab.table("One α for all directions", [comparison_row(float(c), rate, alpha, steps) for c in chosen])
    curvature = torch.logspace(-3, 1, 4001, dtype=torch.float64)
    kept, shrunk = filters.stopped(curvature, rate, steps), filters.ridge(curvature, alpha)
    for name, y in {"early stopping": kept, "ridge": shrunk, "difference": kept - shrunk}.items():
        axes: dict[str, Any] = {"x_label": "λ/α", "y_label": "fraction of w* kept", "scale": "log-x"}
        lab.curve("The fraction kept", curvature / alpha, y, series=name, **axes)
    where, widest = filters.widest()
    lab.metric("λ/α where the gap is widest", where)
    lab.metric("widest gap, small steps", widest)
    largest, bound = (kept - shrunk).abs().max(), filters.allowed(rate, float(curvature.max()), steps)
    lab.claim("the fractions differ by at most", largest, at_most=bound)
    lab.claim("the fractions differ by no less than the gap of small steps", largest, at_least=widest - 1e-4)
    lab.claim("early stopping keeps the larger fraction at λ > 0", (kept - shrunk).min(), at_least=0)
    flat = filters.equivalent(torch.tensor(0.01 * alpha, dtype=torch.float64), rate, steps) * rate * steps
    lab.claim("at λ = α/100 the rule α = 1/(ετ) is off by", (flat - 1).abs(), at_most=0.01)
    own_alphas(lab, rate)


def comparison_row(curvature: float, rate: float, alpha: float, steps: int) -> dict[str, Any]:
    at = torch.tensor(curvature, dtype=torch.float64)
    return {
        "curvature λ": curvature,
        "λ/α": curvature / alpha,
        f"early stopping, τ = {steps}": float(filters.stopped(at, rate, steps)),
        f"ridge, α = {alpha:g}": float(filters.ridge(at, alpha)),
        "the α that would be exact here": float(filters.equivalent(at, rate, steps)),
    }


def own_alphas(lab: Lab, rate: float) -> None:
    """Where the equivalence is exact: an alpha per direction, or the same curvature in all directions."""
    problem, _ = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    lab.claim("exact with one α per direction", checks.tikhonov(problem, rate, 100), at_most=1e-10)
    round_one, _ = draw(lab, SAMPLES, [0.5] * FEATURES)
    alpha = float(filters.equivalent(torch.tensor(0.5, dtype=torch.float64), rate, 100))
    found = checks.relative(descent.ridge(round_one, alpha), descent.descend(round_one, rate, 100))
    lab.claim("exact with a single α where all curvatures are equal", found, at_most=1e-10)


@exercise.study("a.best", "The best ridge for every stopping time", rate=0.1, longest=100_000)
def best_ridge(lab: Lab, rate: float, longest: int) -> None:
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES)).to(lab.device, lab.dtype)
    problem, optimum = draw(lab, SAMPLES, curvature.tolist())
    steps = torch.logspace(0, torch.tensor(longest).log10(), 80).round().unique().to(curvature)
    found = nearest(curvature, checks.coordinates(problem, optimum), rate, steps)
    unfinished = rate * steps * LOW <= 0.3
    product, distance = found.product[unfinished], found.distance[unfinished]
    lab.claim("best α·ε·τ never exceeds 1", found.product.max(), at_most=1)
    lab.claim("best α·ε·τ while every direction still learns", product.min(), at_least=1 / 3)
    lab.claim(
        "best α·ε·τ less the smallest that a direction asks for", (found.product - found.smallest).min(), at_least=0
    )
    lab.claim(
        "the largest that a direction asks for, less best α·ε·τ", (found.largest - found.product).min(), at_least=0
    )
    lab.metric("smallest best α·ε·τ while every direction still learns", product.min())
    lab.metric("largest best α·ε·τ", found.product.max())
    lab.metric("smallest distance left, relative", distance.min())
    lab.metric("largest distance left, relative", distance.max())
    for name, y in {"best α·ε·τ": found.product, "distance left / ‖w_τ‖": found.distance}.items():
        axes: dict[str, Any] = {"x_label": "τ, steps", "y_label": "α·ε·τ, and relative distance", "scale": "log-x"}
        lab.curve("The nearest ridge", steps, y, series=name, **axes)


@exercise.study("a.path", "Two dimensions: both paths over the contours of the cost", rate=0.2, steps=600)
def trajectory(lab: Lab, rate: float, steps: int) -> None:
    problem, optimum = tilted(lab)
    walked = torch.stack(list(descent.iterates(problem, rate, steps)))
    shrunk = torch.stack(
        [torch.zeros_like(optimum), *(descent.ridge(problem, 1 / (rate * t)) for t in range(1, steps + 1))]
    )
    apart = (walked - shrunk).norm(dim=1) / optimum.norm()
    steepest = float(torch.linalg.eigvalsh(problem.hessian).max())
    lab.claim("the paths are never further apart than", apart.max(), at_most=filters.allowed(rate, steepest))
    ahead = ((shrunk - optimum).norm(dim=1) - (walked - optimum).norm(dim=1))[1:]
    lab.claim("gradient descent is nearer to w* than its partner, at every τ by", ahead.min(), at_least=0)
    lab.metric("widest distance of the paths over ‖w*‖", apart.max())
    marked = [t for t in (1, 3, 10, 30, 100, 300) if t <= steps]
    lab.figure(
        "Two paths",
        pictures.paths(*(t.cpu() for t in (problem.hessian, optimum, walked, shrunk)), marked=marked),
        PATHS,
    )


PATHS = (
    "Both methods start at the origin, move first along the strongly curved direction and then along the flat one. "
    "Black lines join a stopping time τ with its partner α = 1/(ετ): the paths are near each other, and not the same."
)


@exercise.study(
    "a.conditions", "What the equivalence needs: a start at zero, and a small learning rate", rate=0.1, steps=100
)
def conditions(lab: Lab, rate: float, steps: int) -> None:
    problem, optimum = draw(lab, SAMPLES, spread(LOW, HIGH, FEATURES))
    curvature, q = torch.linalg.eigh(problem.hessian)
    start = optimum + 3 * q[:, 0]
    moved = descent.descend(problem, rate, steps, start)
    kept = filters.stopped(curvature, rate, steps)
    expected = start + q @ (kept * (q.T @ (optimum - start)))
    lab.claim("from w₀, what is kept is a fraction of w* − w₀", checks.relative(moved, expected), at_most=1e-10)
    left = (moved - descent.descend(problem, rate, steps, optimum)).norm() / 3
    lab.claim("a start 3 away from w* along the flattest direction: what is left", left, at_least=0.9)
    norms = checks.lengths(problem, 1.5 / HIGH, 20) / optimum.norm()
    lab.claim("ε = 1.5/λ_max: one step shortens w, in units of ‖w*‖", norms.diff().min(), at_most=-0.01)
    norms = checks.lengths(problem, 2.1 / HIGH, 200) / optimum.norm()
    lab.claim("ε = 2.1/λ_max diverges: ‖w‖ / ‖w*‖ after 200 steps", norms[-1], at_least=1e6)
    singular, _ = draw(lab, SAMPLES, [0.0] * 6 + spread(0.1, 1.0, 6))
    shortest = torch.linalg.pinv(singular.x) @ singular.y
    limits = (descent.descend(singular, 0.5, 600), descent.ridge(singular, 1e-11))
    lab.claim(
        "singular H: descent from zero ends at the shortest minimum", checks.relative(limits[0], shortest), at_most=1e-8
    )
    lab.claim(
        "singular H: ridge ends there too for α → 0 (α = 1e-11)", checks.relative(limits[1], shortest), at_most=1e-4
    )


@exercise.study("a.risk", "What it is for: noise, and a stopping time chosen by validation", noise=0.5)
def noisy(lab: Lab, noise: float) -> None:
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES)).to(lab.device, lab.dtype)
    times = torch.logspace(-1, 5, 241, dtype=torch.float64).to(curvature)[:, None]
    kept = {"early stopping": filters.flowed(curvature, times), "ridge": filters.ridge(curvature, 1 / times)}
    risks = {name: risk(f, curvature, torch.ones_like(curvature), noise=noise, n=SAMPLES) for name, f in kept.items()}
    for name, values in risks.items():
        axes: dict[str, Any] = {"x_label": "t = ετ = 1/α", "y_label": "E‖w − w_true‖²", "scale": "log-log"}
        lab.curve("The expected error", times.flatten(), values, series=name, **axes)
    stopped, ridge = risks.values()
    lab.claim(
        "expected error, early stopping over ridge at α = 1/t: largest ratio",
        (stopped / ridge).max(),
        at_most=filters.worst_variance() + 1e-6,
    )
    lab.metric("expected error, best early stopping over best ridge", stopped.min() / ridge.min())
    lab.metric("expected error, unregularised over best early stopping", stopped[-1] / stopped.min())
    found = chosen_by_validation(lab, curvature, noise, draws=lab.pick(smoke=200, quick=400, full=4000))
    lab.table(
        "Prediction error above the noise", [{"estimator": k, "mean over draws": float(v)} for k, v in found.items()]
    )
    end, by_validation, ridge_too = (
        found[k] for k in ("trained to the end", "stopped by validation", "ridge by validation")
    )
    lab.claim("stopping by validation, over training to the end", by_validation / end, at_most=1)
    lab.metric("stopping by validation, over ridge by validation", by_validation / ridge_too)


# Which is faster?

Call = Callable[[], Tensor]


@exercise.comparison(
    "a.speed",
    "τ steps: one by one, or at once",
    reference="step by step",
    work=lambda features, steps: Work(steps, "steps"),
    tolerance=1e-4,
    features=(8, 64),
    steps=(20, 200),
)
def speed(lab: Lab, features: int, steps: int) -> dict[str, Call]:
    """Every variant starts from the data X (n, d), y (n,) and ends with w_tau.

    The tolerance: steps in float32 add up roundings of 6e-8 each, and the power of a matrix multiplies them.
    """
    problem, _ = draw(lab, 4 * features, spread(1e-2, 1.0, features))
    ways: dict[str, Callable[[Regression, float, int], Tensor]] = {
        "step by step": descent.descend,
        "torch.optim.SGD": descent.descend_with_autograd,
        "eigenbasis": descent.closed_form,
        "matrix power": descent.by_squaring,
    }
    return {name: partial(way, problem, 0.5, steps) for name, way in ways.items()}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
