"""Choosing how much to regularise: by the error on samples that were held out, for a stopping time or for an alpha."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error, relative_error

from . import by_hand, solution
from .problem import FEATURES, HIGH, LOW, Regression, inputs, spread

TRAINING, HELD_OUT = 40, 40
RATE, MOST, PATIENCE = 0.5, 2000, 500
"""Of one training with noise: the learning rate, the steps, and how many of them without progress end it."""
MORE_NOISE, MORE_HELD_OUT = 2.0, 400
"""It has twice the noise, and so many samples held out: one training shows what is seen in the mean over many."""


def chosen_by_validation(lab: Lab, curvature: Tensor, noise: float, draws: int) -> dict[str, Tensor]:
    """(w - w_true)^T H (w - w_true) of each of ``draws`` sets of targets, for five ways to fit, each (draws,).

    Works in the eigenbasis, where least squares has the coordinates c = Q^T X^+ y and both methods are fractions.
    """
    stream, (d,) = lab.generator(), curvature.shape
    x, u, q = inputs(stream, TRAINING, curvature.tolist())
    held = torch.randn(HELD_OUT, d, generator=stream).double() * curvature.sqrt().cpu() @ q.T
    true = q @ (torch.randint(2, (d, draws), generator=stream).double() * 2 - 1)
    targets, controls = (a @ true + noise * torch.randn(len(a), draws, generator=stream).double() for a in (x, held))
    fit = (u.T @ targets) / (TRAINING * curvature.cpu()[:, None]).sqrt()
    held, true, fit, controls = (t.to(curvature) for t in (held @ q, q.T @ true, fit, controls))
    times = torch.logspace(-1, 6, 141, dtype=torch.float64).to(curvature)[:, None]
    kept = {"stopped": by_hand.flowed(curvature, times), "ridge": by_hand.shrunk(curvature, 1 / times)}
    errors = {}
    for name, fractions in kept.items():
        estimates = fractions[..., None] * fit
        seen = (held @ estimates - controls).square().mean(dim=1)
        excess = ((estimates - true).square() * curvature[:, None]).sum(dim=1)
        errors[f"{name} by validation"] = excess.gather(0, seen.argmin(dim=0, keepdim=True))[0]
        errors[f"{name} by an oracle"] = excess.min(dim=0).values
    return errors | {"trained to the end": ((fit - true).square() * curvature[:, None]).sum(dim=0)}


def model_solution(lab: Lab, noise: float) -> None:
    """The loop that a student would write stops where the errors of the iterates by hand are least."""
    stream = lab.generator()
    x, _, q = inputs(stream, TRAINING, spread(LOW, HIGH, FEATURES))
    # Held out from where the training set comes from: inputs of any other covariance would ask for another time.
    curvature = torch.tensor(spread(LOW, HIGH, FEATURES), dtype=torch.float64)
    held = torch.randn(MORE_HELD_OUT, FEATURES, generator=stream).double() * curvature.sqrt() @ q.T
    true, deviation = q.sum(1), MORE_NOISE * noise
    targets, controls = (a @ true + deviation * torch.randn(len(a), generator=stream).double() for a in (x, held))
    train, rest = (Regression(a, b).to(lab.device, lab.dtype) for a, b in ((x, targets), (held, controls)))
    walked = torch.stack(list(by_hand.iterates(train, RATE, MOST)))
    errors = (walked @ rest.x.T - rest.y).square().mean(1)
    best = int(errors.argmin())
    weights, step = solution.train_with_early_stopping(
        (train.x, train.y), (rest.x, rest.y), learning_rate=RATE, patience=PATIENCE, most_steps=MOST
    )
    lab.metric("one set of noisy targets: stopped after", best, "steps")
    lab.metric("one set of noisy targets: held-out error of the last step over the least", errors[-1] / errors[best])
    left = MOST - PATIENCE - best
    lab.claim("one set of noisy targets: steps that patience spared", left, at_least=MOST // 2, as_declared=True)
    lab.claim("the model solution stops where the errors by hand are least", max_error(step, best), equals=0)
    lab.claim("the model solution keeps the weights of that step", relative_error(weights, walked[best]), at_most=1e-10)
    lab.curve("One training with noise", *course(errors), series="held out", **AXES)
    costs = torch.stack([2 * train.cost(w) for w in walked])
    lab.curve("One training with noise", *course(costs), series="training", **AXES)


AXES: dict[str, Any] = {"x_label": "τ, steps", "y_label": "mean squared error", "scale": "log-x"}


def course(values: Tensor) -> tuple[Tensor, Tensor]:
    """Of one value a step (steps + 1,), those at about a hundred steps, evenly in their logarithm."""
    steps = torch.logspace(0, torch.tensor(len(values) - 1.0).log10(), 100).round().long().unique().to(values.device)
    return steps, values[steps]
