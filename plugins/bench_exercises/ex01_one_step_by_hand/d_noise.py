"""1d: Adam and RMSprop where the gradient is noise, or mostly noise."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import adam, rmsprop
from bench.kit.compare import largest

from .by_hand import Rule
from .d_descents import BETA1, moves

DRAWS, STEPS, SETTLED = 1024, 1500, 500
SIZES = (1e-3, 1.0, 1e3)
SIGNAL = 0.1
"""The mean of the gradient, in standard deviations of its noise."""
DIVISOR = 0.02
"""What the noise of v adds to a square, relatively: at most 2 (1 - α) = 0.02 for RMSprop, and 0.002 for Adam."""
RULES: dict[str, Rule] = {"RMSprop": rmsprop, "Adam": adam}
LENGTH = {"RMSprop": 1.0, "Adam": math.sqrt((1 - BETA1) / (1 + BETA1))}
"""The root mean square of a step along noise, in lr: that of g / σ, and that of the average m / σ."""


def study(lab: Lab) -> None:
    """Steps, and how far they lead: pure noise of three sizes, and noise with a mean."""
    noise = torch.randn(STEPS, DRAWS, generator=lab.generator()).to(lab.device, lab.dtype)
    gradients = torch.stack([*(size * noise for size in SIZES), SIGNAL + noise], 1)
    rows = []
    for name, rule in RULES.items():
        late = moves(rule, gradients)[SETTLED:]
        rows += [row(name, size, late[:, number]) for number, size in enumerate(SIZES)]
        claim_rule(lab, name, late)
    lab.table("1d: steps along pure noise", rows)


def claim_rule(lab: Lab, name: str, late: Tensor) -> None:
    """Steps (steps, sizes and signal, draws): their length, their way, and their drift."""
    squares = late[:, :-1].square().mean(0)
    walked = late[:, 1].sum(0).square() / len(late)
    gaps, bounds = zip(*(against(each, LENGTH[name] ** 2) for each in squares), strict=True)
    lab.claim(f"{name} along noise: mean square step against theory", largest(gaps), at_most=largest(bounds))
    off, allowed = against(walked, 1.0)
    lab.claim(f"{name} along noise: mean square way against n lr²", off, at_most=allowed)
    off, allowed = against(-late[:, -1].mean(0), SIGNAL / math.sqrt(1 + SIGNAL**2))
    lab.claim(f"{name}: drift against μ / √(μ² + σ²), where μ = 0.1 σ", off, at_most=allowed)
    lab.metric(f"{name} along noise: length of a step", squares[1].mean().sqrt(), "lr")
    lab.metric(f"{name} along noise: way of 1,000 steps", walked.mean().sqrt() * math.sqrt(len(late)), "lr")


def against(values: Tensor, expected: float) -> tuple[float, float]:
    """How far the mean of independent values (draws,) is from what is expected, relatively; and how far it may be, by
    ``DIVISOR`` and five standard errors."""
    error = float(values.std()) / math.sqrt(len(values))
    return abs(float(values.mean()) / expected - 1), DIVISOR + 5 * error / expected


def row(name: str, size: float, late: Tensor) -> dict[str, str | float]:
    """The root mean square of the steps (steps, draws) and of the way that they lead."""
    return {
        "rule": name,
        "noise σ": size,
        "step / lr": float(late.square().mean().sqrt()),
        "way / lr": float(late.sum(0).square().mean().sqrt()),
        "√steps": math.sqrt(len(late)),
    }
