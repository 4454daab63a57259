"""The three networks: a chain of weight matrices without activations, its error and its gradients.

Network A is one matrix (d, m); B has 4 units between, (d, 4) and (4, m); C has 16.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor

from .problem import Task

Weights = Sequence[Tensor]
WIDTHS = {"A": None, "B": 4, "C": 16}
"""The units in the middle; A has no middle."""


def initial(task: Task, width: int | None, generator: torch.Generator, many: int | None = None) -> list[Tensor]:
    """Normal weights of variance 1 / (inputs of the layer): W1 (..., d, r) and W2 (..., r, m), ``many`` at once."""
    _, d, m = task.sizes
    shapes = [(d, m)] if width is None else [(d, width), (width, m)]
    batch = () if many is None else (many,)
    return [(torch.randn(*batch, *shape, generator=generator) / shape[0] ** 0.5).to(task.x) for shape in shapes]


def folded(weights: Weights) -> Tensor:
    """The one matrix (d, m) that the network is."""
    return reduce(torch.matmul, weights)


def attainable_rank(width: int | None, d: int, m: int) -> int:
    """The largest rank that W1 W2 can have."""
    return min(d, m) if width is None else min(d, m, width)


def through(x: Tensor, weights: Weights) -> Tensor:
    """Layer after layer, as a network computes."""
    return reduce(torch.matmul, weights, x)


# By hand: L = |X W1 ... Wk - Y|^2 / 2 over n


def loss(task: Task, weights: Weights) -> Tensor:
    return task.error(folded(weights)) / (2 * task.sizes[0])


def gradients(task: Task, weights: Weights) -> list[Tensor]:
    """dL/dW1, ..., dL/dWk: the layer's input, transposed, times the error sent back to its output."""
    activations = [task.x]
    for weight in weights:
        activations.append(activations[-1] @ weight)
    delta = (activations.pop() - task.y) / task.sizes[0]
    found = []
    for weight, below in zip(reversed(weights), reversed(activations), strict=True):
        found.append(below.mT @ delta)
        delta = delta @ weight.mT
    return found[::-1]
