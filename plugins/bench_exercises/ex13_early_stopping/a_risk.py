"""13a: what it is for. The expected error under noise, and a stopping time chosen by validation."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import by_hand
from .a_validation import chosen_by_validation, model_solution
from .problem import FEATURES, HIGH, LOW, SAMPLES, Regression, inputs, spread

STANDARD_ERRORS = 4.0
"""So far from what is expected lies one draw in 16,000."""


def study(lab: Lab, noise: float) -> None:
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES), dtype=torch.float64).to(lab.device, lab.dtype)
    expected(lab, curvature, noise)
    flat_truth(lab, curvature, noise)
    simulated(lab, noise)
    chosen(lab, curvature, noise)
    model_solution(lab, noise)


def expected(lab: Lab, curvature: Tensor, noise: float) -> None:
    times = torch.logspace(-1, 5, 241, dtype=torch.float64).to(curvature)[:, None]
    kept = {"early stopping": by_hand.flowed(curvature, times), "ridge": by_hand.shrunk(curvature, 1 / times)}
    risks = {name: risk(f, curvature, torch.ones_like(curvature), noise=noise, n=SAMPLES) for name, f in kept.items()}
    for name, values in risks.items():
        axes: dict[str, Any] = {"x_label": "t = ετ = 1/α", "y_label": "E‖w − w_true‖²", "scale": "log-log"}
        lab.curve("The expected error", times.flatten(), values, series=name, **axes)
    stopped, ridge = risks.values()
    ratio = (stopped / ridge).max()
    lab.claim("expected error, early stopping over ridge at α = 1/t: largest ratio", ratio, at_most=worst_variance())
    u = torch.logspace(-3, 3, 6001, dtype=torch.float64)
    price = (by_hand.flowed(u, 1.0) / by_hand.shrunk(u, 1.0)).square().max()
    lab.claim("noise let through, early stopping over ridge: at most", price, at_most=worst_variance() + 1e-12)
    # A thousand values of u a decade: the maximum is missed by less than a millionth.
    lab.claim("noise let through, early stopping over ridge: reached", price, at_least=worst_variance() - 1e-6)
    lab.metric("expected error, best early stopping over best ridge", stopped.min() / ridge.min())
    lab.metric("expected error, unregularised over best early stopping", stopped[-1] / stopped.min())


def flat_truth(lab: Lab, curvature: Tensor, noise: float) -> None:
    """Where the truth is ten times as large in the four flattest directions: a later time, and a smaller gain."""
    even = torch.ones_like(curvature)
    flat = torch.where(torch.arange(len(even), device=even.device) < 4, 10.0, even)
    variance = noise**2 / (SAMPLES * curvature)
    best = ((flat[0] ** 2 + variance[0]) / variance[0]).log() / curvature[0]
    times = torch.cat([torch.logspace(-1, 5, 241, dtype=torch.float64).to(curvature), best[None]])[:, None]
    kept = by_hand.flowed(curvature, times)
    early, late = (risk(kept, curvature, c, noise=noise, n=SAMPLES) for c in (even, flat))
    lab.metric("every c = 1: the best time", times[early.argmin()])
    lab.metric("truth in flat directions: the best time", times[late.argmin()])
    # At time ``best`` the flattest direction has its least error, v - v²/(c² + v), and no other more than its v.
    gain = variance[0] ** 2 / (flat[0] ** 2 + variance[0]) / variance.sum()
    name = "truth in flat directions: error at the best time{}, over training to the end"
    lab.claim(name.format(""), late.min() / variance.sum(), at_most=float(1 - gain))
    # The bias of the flattest direction alone, as much as is left of it.
    harm = (1 - kept[early.argmin(), 0]) ** 2 * flat[0] ** 2 / variance.sum()
    harmed = late[early.argmin()] / variance.sum()
    lab.claim(name.format(" of c = 1"), harmed, at_least=largest(float(harm), 1.0), as_declared=True)


def simulated(lab: Lab, noise: float, rate: float = 0.5, steps: int = 40) -> None:
    """The formula against many draws of the noise, each fitted by real steps and by a real ridge."""
    stream, d = lab.generator(), FEATURES
    x, _, q = inputs(stream, SAMPLES, spread(LOW, HIGH, d))
    true, alpha = q.sum(1), 1 / (rate * steps)
    targets = x @ true + noise * torch.randn(200, SAMPLES, generator=stream).double()
    draws = [Regression(x, y).to(lab.device, lab.dtype) for y in targets]
    curvature = torch.tensor(spread(LOW, HIGH, d), dtype=torch.float64).to(lab.device, lab.dtype)
    fits = {
        "early stopping": (by_hand.stopped(curvature, rate, steps), [by_hand.descend(r, rate, steps) for r in draws]),
        "ridge": (by_hand.shrunk(curvature, alpha), [by_hand.ridge(r, alpha) for r in draws]),
    }
    for name, (kept, weights) in fits.items():
        errors = (torch.stack(weights) - true.to(curvature)).square().sum(1)
        formula = risk(kept, curvature, torch.ones_like(curvature), noise=noise, n=SAMPLES)
        off = (errors.mean() - formula).abs() / (errors.std() / len(errors) ** 0.5)
        lab.claim(f"expected error of {name}, formula against draws: standard errors", off, at_most=STANDARD_ERRORS)


def chosen(lab: Lab, curvature: Tensor, noise: float) -> None:
    found = chosen_by_validation(lab, curvature, noise, draws=lab.pick(smoke=200, quick=400, full=4000))
    rows = [{"estimator": name, "mean over draws": float(errors.mean())} for name, errors in found.items()]
    lab.table("Prediction error above the noise", rows)
    end, by_validation = found["trained to the end"], found["stopped by validation"]
    gain, ratio = end - by_validation, by_validation.mean() / end.mean()
    uncertain = STANDARD_ERRORS * gain.std() / len(gain) ** 0.5 / end.mean()
    lab.claim("stopping by validation, over training to the end", ratio, at_most=1 - float(uncertain), as_declared=True)
    # Least squares has no bias, and a variance of σ²/(nλ) in a direction that counts λ times: dσ²/n.
    off = (end.mean() - FEATURES * noise**2 / SAMPLES).abs() / (end.std() / len(end) ** 0.5)
    lab.claim("trained to the end, against dσ²/n: standard errors", off, at_most=STANDARD_ERRORS)
    lab.metric(
        "stopping by validation, over ridge by validation", by_validation.mean() / found["ridge by validation"].mean()
    )


def risk(kept: Tensor, curvature: Tensor, coordinates: Tensor, *, noise: float, n: int) -> Tensor:
    """E|w - w_true|^2 of an estimator that keeps these fractions: (times, d) gives (times,).

    Targets are X w_true + noise of this standard deviation; per direction the squared bias is (1 - f)^2 c^2 and the
    variance f^2 sigma^2 / (n lambda).
    """
    return ((1 - kept) ** 2 * coordinates**2 + kept**2 * noise**2 / (n * curvature)).sum(dim=-1)


def worst_variance() -> float:
    """The supremum over u of [(1 - exp(-u)) (1 + u) / u]^2: how much more noise a flow lets through than ridge.

    Its derivative vanishes where exp(u) = 1 + u + u^2, which Newton's method solves; there the square is
    [(1 + u)^2 / (1 + u + u^2)]^2.
    """
    u = 2.0
    for _ in range(20):
        u -= (math.exp(u) - 1 - u - u * u) / (math.exp(u) - 1 - 2 * u)
    return ((1 + u) ** 2 / (1 + u + u * u)) ** 2
