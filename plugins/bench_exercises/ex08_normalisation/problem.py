"""What the parts of exercise 8 are given: normal numbers, an easy task for deep networks, and digits."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor

from bench import Lab
from bench.kit.data import Pictures, normalise, statistics

BATCH = 64
INPUTS = 8
CHANCE = log(2)
"""The cross-entropy of a coin, in nats."""


def like(lab: Lab) -> Tensor:
    """A zero of the lab's device and dtype, for what is drawn to be brought to."""
    return torch.zeros((), device=lab.device, dtype=lab.dtype)


def normal(shape: tuple[int, ...], stream: torch.Generator, like: Tensor) -> Tensor:
    """Standard normal numbers, drawn in float32 on the CPU: the same on every device."""
    return torch.randn(shape, generator=stream).to(like)


def examples(count: int, stream: torch.Generator, like: Tensor) -> tuple[Tensor, Tensor]:
    """Points x (count, INPUTS), standard normal, and y = [Σ x > 0].

    On which side of a plane does a point lie? One layer can learn that, so that a deep network which stays at chance
    fails as an optimisation, not for want of capacity.
    """
    x = torch.randn(count, INPUTS, generator=stream).to(like)
    return x, (x.sum(1) > 0).to(x)


def flat(x: Tensor, pictures: Pictures, lab: Lab) -> Tensor:
    """Pictures as rows (N, 784), with the mean and the deviation of the training pictures taken out."""
    return normalise(x, *statistics(pictures.train.x), lab.dtype).flatten(1).to(lab.device)
