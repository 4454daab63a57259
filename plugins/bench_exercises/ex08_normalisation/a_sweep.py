"""8a, advantages 1 and 2: many networks that differ in the learning rate or in the initial scale, trained at once."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab

from .network import CAP, Design, Networks, final, train
from .problem import CHANCE

HE = 2**0.5
NAMES = {False: "plain", True: "batch norm"}
LEARNED = CHANCE / 2


def sweep(lab: Lab, design: Design, gains: Tensor, rates: Tensor) -> Tensor:
    """Final losses (seeds, V) of networks that differ in gain or in rate; the same numbers for every design."""
    seeds, steps = lab.pick(smoke=1, quick=3, full=5), lab.pick(smoke=150, quick=200, full=400)
    stream = lab.generator()
    networks = Networks.draw(design, gains, seeds, stream)
    losses = train(networks, rates.repeat(seeds), list(lab.track(range(steps), NAMES[design.normed])), stream)
    return final(losses).view(seeds, -1)


def tensor(lab: Lab, values: tuple[float, ...]) -> Tensor:
    return torch.tensor(values, device=lab.device, dtype=lab.dtype)


def settings_that_learn(values: tuple[float, ...], losses: Tensor) -> list[float]:
    """Those of the V settings whose losses (seeds, V) come below half of chance in every seed."""
    good = (losses.amax(0) < LEARNED).tolist()
    return [value for value, learned in zip(values, good, strict=True) if learned]


def span(values: list[float]) -> float:
    """Largest over smallest: NaN where nothing learned, so that no claim is made of it and the study fails."""
    return max(values) / min(values) if values else math.nan


def draw_losses(lab: Lab, name: str, x: tuple[float, ...], *, x_label: str, losses: dict[str, Tensor]) -> None:
    for series, found in losses.items():
        lab.curve(
            name,
            x,
            found.mean(0),
            series=series,
            x_label=x_label,
            y_label=f"final cross-entropy ({CAP:g}: diverged)",
            scale="log-log",
        )
