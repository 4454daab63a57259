"""10b: the learning rates of a schedule, times γ after every epoch."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import torch
from torch.optim.lr_scheduler import ExponentialLR

from bench import Lab
from bench.kit.compare import largest

from .problem import RATES

EPOCHS = 15
STEPS_PER_EPOCH = 1200
"""The sheet's: 60,000 digits in batches of 50."""
KINDS = CONSTANT, PER_EPOCH, PER_BATCH = "constant", "falls per epoch", "falls per batch (trap)"
SMALLEST = sys.float_info.min


def used_rates(rate: float, gamma: float, count: int) -> list[float]:
    """The learning rates that PyTorch's own scheduler lets ``count`` successive intervals use."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler, used = ExponentialLR(optimizer, gamma), []
    for _ in range(count):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return used


def law(rate: float, gamma: float, count: int) -> list[float]:
    """η γᵉ for e = 0, 1, …"""
    return [rate * gamma**e for e in range(count)]


def worst(found: Iterable[float], expected: Iterable[float]) -> float:
    """The largest relative difference; what is too small for all digits of a float counts as ``SMALLEST``."""
    return largest(abs(a - b) / max(b, SMALLEST) for a, b in zip(found, expected, strict=True))


def study(lab: Lab, gamma: float) -> None:
    """What the scheduler does in the sheet's 15 epochs, without any training."""
    if not 0 < gamma < 1:
        raise ValueError(f"a learning rate falls by a factor between 0 and 1, not by {gamma}")
    rate = RATES["sgd"]
    used = used_rates(rate, gamma, EPOCHS + 1)
    expected = law(rate, gamma, EPOCHS + 1)
    lab.claim("learning rate of epoch e = η·γᵉ: largest relative difference", worst(used, expected), at_most=1e-12)
    falls = largest(after / before for before, after in pairwise(used))
    lab.claim("every learning rate is below the one before: largest ratio", falls, at_most=1 - 1e-9)
    lab.metric("learning rate of the 15th and last epoch, over the first", used[EPOCHS - 1] / rate)
    lab.metric("learning rate that a 16th epoch would use, over the first", used[EPOCHS] / rate)
    lab.metric("sum of the 15 learning rates, in first ones", sum(used[:EPOCHS]) / rate)
    too_often(lab, rate, gamma)
    axes: dict[str, Any] = {"x_label": "epoch", "y_label": "learning rate over the first", "kind": "course"}
    for name, factor in ((CONSTANT, 1.0), (PER_EPOCH, gamma)):
        lab.curve("learning rate", range(1, EPOCHS + 1), law(1.0, factor, EPOCHS), series=name, scale="log-y", **axes)


def too_often(lab: Lab, rate: float, gamma: float) -> None:
    """The trap: ``scheduler.step()`` inside the loop over batches."""
    used = used_rates(rate, gamma, STEPS_PER_EPOCH + 1)
    lab.claim(
        "trap: stepped per batch, learning rate after one epoch = η·γ^1200: relative difference",
        worst([used[-1]], [rate * gamma**STEPS_PER_EPOCH]),
        at_most=1e-9,
    )
    lab.metric("trap: stepped per batch, learning rate after one epoch over the first", used[-1] / rate)
    lab.claim(
        "trap: stepped per batch, all learning rates together, in first ones",
        sum(used) / rate,
        at_most=1 / (1 - gamma) + 1e-9,
    )
