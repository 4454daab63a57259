"""1d: why Adam divides by 1 - βᵗ. The averages start at zero, and without the correction they stay near it for long."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import adam, rmsprop
from bench.kit.compare import largest, relative_error

from .d_descents import ALPHA, BETA1, BETA2, moves

DRAWS, SIGMA, STEPS = 4096, 0.5, 40
FIVE = 5.0
"""Standard errors that a claim allows: one in two million by chance."""


def study(lab: Lab) -> None:
    """A constant gradient, and a noisy one."""
    constant(lab)
    noisy(lab)


def constant(lab: Lab, steps: int = 300) -> None:
    """The lengths of the steps, in units of the rate."""
    gradients = torch.ones(steps, 1, dtype=lab.dtype, device=lab.device)
    t = torch.arange(1, steps + 1, dtype=lab.dtype, device=lab.device)
    m, v = averages(gradients)
    lengths = {
        "Adam": -moves(adam, gradients)[:, 0],
        "Adam without the corrections": (m / v.sqrt())[:, 0],
        "RMSprop": -moves(rmsprop, gradients)[:, 0],
    }
    laws = {
        "Adam": torch.ones_like(t),
        "Adam without the corrections": (1 - BETA1**t) / (1 - BETA2**t).sqrt(),
        "RMSprop": 1 / (1 - ALPHA**t).sqrt(),
    }
    for name, length in lengths.items():
        lab.curve(
            "1d: the length of a step under a constant gradient",
            t,
            length,
            series=name,
            x_label="step",
            y_label="step / lr",
            scale="log-x",
        )
    gaps = [relative_error(lengths[name], laws[name]) for name in laws]
    lab.claim("a constant gradient: steps as the formulas say, relative", largest(gaps), at_most=1e-6)
    lab.metric("without the corrections: Adam's longest step", lengths["Adam without the corrections"].max(), "lr")
    lab.metric("without the corrections: when it is longest", lengths["Adam without the corrections"].argmax() + 1)


def averages(gradients: Tensor) -> tuple[Tensor, Tensor]:
    """m and v after each step, uncorrected, shaped like the gradients (steps, …)."""
    state, means, squares = None, [], []
    for gradient in gradients:
        _, state = adam((torch.zeros_like(gradient),), (gradient,), state)
        means.append(state.mean[0])
        squares.append(state.square[0])
    return torch.stack(means), torch.stack(squares)


def noisy(lab: Lab) -> None:
    """Gradients 1 + σ N(0, 1): what the averages expect, E m = (1 - β1ᵗ) and E v = (1 - β2ᵗ) (1 + σ²)."""
    noise = torch.randn(STEPS, DRAWS, generator=lab.generator()).to(lab.device, lab.dtype)
    m, v = averages(1 + SIGMA * noise)
    t = torch.arange(1, STEPS + 1, dtype=lab.dtype, device=lab.device)[:, None]
    corrected = {"m̂": (m / (1 - BETA1**t), 1.0), "v̂": (v / (1 - BETA2**t), 1 + SIGMA**2)}
    off = [deviation(values, mean) for values, mean in corrected.values()]
    lab.claim("corrected averages have no bias: deviation in standard errors", largest(off), at_most=FIVE)
    lab.claim("uncorrected: bias of m in standard errors", deviation(m, 1.0), at_least=FIVE)
    for name, mean in (
        ("uncorrected", m.mean(1)),
        ("corrected", (m / (1 - BETA1**t)).mean(1)),
        ("truth", 0 * t[:, 0] + 1),
    ):
        lab.curve("1d: the mean of m over draws", t[:, 0], mean, series=name, x_label="step", y_label="mean of m")


def deviation(values: Tensor, mean: float) -> float:
    """How many standard errors the mean over draws is from ``mean``, at the worst step; values (steps, draws)."""
    error = values.std(1) / values.shape[1] ** 0.5
    return float(((values.mean(1) - mean).abs() / error).max())
