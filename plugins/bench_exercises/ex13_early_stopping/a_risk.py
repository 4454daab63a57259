"""13a: what it is for. The expected error under noise, and a stopping time chosen by validation."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from bench import Lab

from . import by_hand
from .a_validation import chosen_by_validation
from .problem import FEATURES, HIGH, LOW, SAMPLES, spread


def study(lab: Lab, noise: float) -> None:
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES)).to(lab.device, lab.dtype)
    times = torch.logspace(-1, 5, 241, dtype=torch.float64).to(curvature)[:, None]
    kept = {"early stopping": by_hand.flowed(curvature, times), "ridge": by_hand.shrunk(curvature, 1 / times)}
    risks = {name: risk(f, curvature, torch.ones_like(curvature), noise=noise, n=SAMPLES) for name, f in kept.items()}
    for name, values in risks.items():
        axes: dict[str, Any] = {"x_label": "t = ετ = 1/α", "y_label": "E‖w − w_true‖²", "scale": "log-log"}
        lab.curve("The expected error", times.flatten(), values, series=name, **axes)
    stopped, ridge = risks.values()
    lab.claim(
        "expected error, early stopping over ridge at α = 1/t: largest ratio",
        (stopped / ridge).max(),
        at_most=worst_variance() + 1e-6,
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


def risk(kept: Tensor, curvature: Tensor, coordinates: Tensor, *, noise: float, n: int) -> Tensor:
    """E|w - w_true|^2 of an estimator that keeps these fractions: (times, d) gives (times,).

    Targets are X w_true + noise of this standard deviation; per direction the squared bias is (1 - f)^2 c^2 and the
    variance f^2 sigma^2 / (n lambda).
    """
    return ((1 - kept) ** 2 * coordinates**2 + kept**2 * noise**2 / (n * curvature)).sum(dim=-1)


def worst_variance() -> float:
    """The supremum over u of [(1 - exp(-u)) (1 + u) / u]^2: how much more noise a flow lets through than ridge."""
    u = torch.logspace(-3, 3, 60001, dtype=torch.float64)
    return float((by_hand.flowed(u, 1.0) / by_hand.shrunk(u, 1.0)).square().max())
