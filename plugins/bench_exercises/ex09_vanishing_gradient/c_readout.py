"""9c: what a linear classifier can still read from a layer of a network that was not trained."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab

from .by_hand import Trained


def study(lab: Lab, *cells: Trained) -> None:
    for cell in cells:
        first, last = (readout_error(cell, number) for number in (0, -1))
        lab.metric(f"{cell.label}, untrained: error of a linear classifier on the first layer", 100 * first.mean(), "%")
        lab.metric(f"{cell.label}, untrained: error of a linear classifier on the last layer", 100 * last.mean(), "%")
        if len(first) > 2:
            change = last - first
            off = change.mean() / (change.std() / math.sqrt(len(change)))
            name = f"{cell.label}, untrained: a linear classifier loses between first and last, in standard errors"
            lab.claim(name, off, at_least=2, as_declared=True)


def readout_error(cell: Trained, number: int) -> Tensor:
    """(K,): the training error of least squares on the outputs of a hidden layer, labels -1 and 1."""
    _, saved = cell.start.forward(cell.task.x)
    h = saved[:-1][number].above
    h = torch.cat([h, torch.ones_like(h[..., :1])], 2)
    labels = (2 * cell.task.y - 1).to(h)
    weights = torch.linalg.pinv(h) @ labels[..., None]
    return ((h @ weights)[..., 0] * labels <= 0).double().mean(1)
