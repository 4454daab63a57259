"""10b: the learning rates of a schedule, times γ after every epoch."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from typing import Any

from torch.optim.lr_scheduler import ExponentialLR

from bench import Lab
from bench.kit.compare import largest

from . import b_break
from .b_break import FALLS, LAW, largest_ratio, used_rates
from .problem import RATES

EPOCHS = 15
STEPS_PER_EPOCH = 1200
"""The sheet's: 60,000 digits in batches of 50."""
KINDS = CONSTANT, PER_EPOCH, PER_BATCH = "constant", "falls per epoch", "falls per batch (trap)"
SMALLEST = sys.float_info.min


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
    used = used_rates(rate, partial(ExponentialLR, gamma=gamma), EPOCHS + 1)
    expected = law(rate, gamma, EPOCHS + 1)
    lab.claim(LAW, worst(used, expected), at_most=1e-12)
    lab.claim(FALLS, largest_ratio(used), at_most=1 - 1e-9)
    lab.metric("learning rate of the 15th and last epoch, over the first", used[EPOCHS - 1] / rate)
    lab.metric("learning rate that a 16th epoch would use, over the first", used[EPOCHS] / rate)
    worth = sum(used[:EPOCHS]) / rate
    lab.claim(
        "sum of the 15 learning rates = (1 - γ¹⁵)/(1 - γ) first ones: difference",
        abs(worth - (1 - gamma**EPOCHS) / (1 - gamma)),
        at_most=1e-12,
    )
    lab.metric("sum of the 15 learning rates, in first ones", worth)
    too_often(lab, rate, gamma)
    b_break.study(lab, rate, gamma, partial(worst, expected=expected))
    axes: dict[str, Any] = {"x_label": "epoch", "y_label": "learning rate over the first", "kind": "course"}
    for name, factor in ((CONSTANT, 1.0), (PER_EPOCH, gamma)):
        lab.curve("learning rate", range(1, EPOCHS + 1), law(1.0, factor, EPOCHS), series=name, scale="log-y", **axes)


def too_often(lab: Lab, rate: float, gamma: float) -> None:
    """The trap: ``scheduler.step()`` inside the loop over batches."""
    used = used_rates(rate, partial(ExponentialLR, gamma=gamma), STEPS_PER_EPOCH + 1)
    lab.claim(
        "trap: stepped per batch, learning rate after one epoch = η·γ^1200: relative difference",
        worst([used[-1]], [rate * gamma**STEPS_PER_EPOCH]),
        at_most=1e-9,
    )
    lab.metric("trap: stepped per batch, learning rate after one epoch over the first", used[-1] / rate)
    all_there_are = 1 / (1 - gamma)
    # 1,200 terms of a geometric series: what is missing of the sum lies below the rounding of its terms.
    lab.claim(
        "trap: stepped per batch, all learning rates together, over 1/(1 - γ) first ones: distance from 1",
        abs(sum(used) / rate / all_there_are - 1),
        at_most=1e-9,
    )
    lab.metric("trap: stepped per batch, all learning rates together, in first ones", sum(used) / rate)
