"""1d: weights whose feature is seldom there, such as a rare word's: how far each rule takes them."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from .d_descents import ALPHA, STEPS, moves

SHARES = (1.0, 0.5, 0.25, 0.125)
DRAWS, LENGTH, SETTLED = 64, 1500, 500
POWER = {"SGD": 1.0, "RMSprop": 0.5, "Adam": 0.5}
"""The way is the share of the steps that have a gradient, to this power."""
MEMORY = {"SGD": math.inf, "RMSprop": 1 / (1 - ALPHA), "Adam": float(SETTLED)}
"""Over how many steps v averages, at least: Adam's corrected v over all that were, up to a thousand."""


def study(lab: Lab) -> None:
    """A weight has the gradient -1 with probability p, and 0 where its feature is not there."""
    present = torch.rand(LENGTH, len(SHARES), DRAWS, generator=lab.generator())
    gradients = -(present < torch.tensor(SHARES)[:, None]).to(lab.device, lab.dtype)
    rows = []
    for name, rule in STEPS.items():
        ways = moves(rule, gradients)[SETTLED:].mean(0)
        rows.append({"rule": name, **{f"p = {p:g}": float(way) for p, way in zip(SHARES, ways.mean(1), strict=True)}})
        draw(lab, name, ways)
        off, allowed = zip(*(against(name, way, p) for way, p in zip(ways, SHARES, strict=True)), strict=True)
        claim = f"{name}: the way of a rare weight against p to the power {POWER[name]:g}"
        lab.claim(claim, largest(off), at_most=largest(allowed))
        lab.metric(f"{name}: the way of a weight that is there every eighth step", ways[-1].mean() / ways[0].mean())
    lab.table("1d: the way of a weight whose feature is there with probability p, in steps · lr", rows)


def draw(lab: Lab, name: str, ways: Tensor) -> None:
    """The mean of ways (shares, draws)."""
    lab.curve(
        "1d: the way of a weight whose feature is there with probability p",
        SHARES,
        ways.mean(1),
        series=name,
        x_label="p",
        y_label="way / (steps · lr)",
        scale="log-log",
    )


def against(name: str, ways: Tensor, p: float) -> tuple[float, float]:
    """How far the mean way (draws,) is from its law, relatively; and how far it may be.

    Where the feature is there, v is larger by its own share, (1 - β) (1 - p) / p of the mean, and the step shorter by
    half of that; the spread of v counts less. RMSprop's v is also still short of its mean by α to the power of t.
    """
    law, error = p ** POWER[name], float(ways.std()) / math.sqrt(len(ways))
    divisor = (1 - p) / p / (2 * MEMORY[name]) + (ALPHA**SETTLED if name == "RMSprop" else 0.0)
    return abs(float(ways.mean()) / law - 1), divisor + 5 * error / law + 1e-6
