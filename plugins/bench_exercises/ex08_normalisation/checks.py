"""Laws that the experiments are held against, and the model solution beside our own training."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from bench.kit.compare import relative_error

from . import solution
from .network import Design, Networks
from .problem import BATCH, examples


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """The a of y ~ x^a: the least-squares slope of log y over log x."""
    log_x, log_y = (torch.tensor(values, dtype=torch.float64).log() for values in (x, y))
    centred = log_x - log_x.mean()
    return float((centred * log_y).sum() / centred.square().sum())


def density(z: Tensor) -> Tensor:
    """φ, of the standard normal distribution."""
    return torch.exp(-z.square() / 2) / (2 * torch.pi) ** 0.5


def below(z: Tensor) -> Tensor:
    """Φ, its distribution function."""
    return (1 + torch.erf(z / 2**0.5)) / 2


def skewness(x: Tensor) -> Tensor:
    """Of each column of (N, F); 0 for a normal distribution, about 1.6 for its ReLU."""
    centred = x - x.mean(0)
    return centred.pow(3).mean(0) / centred.square().mean(0).pow(1.5)


def solution_apart(normed: bool, rate: Tensor, stream: torch.Generator, steps: int = 20) -> float:
    """How far the losses of the model solution are from those of the stacked training, from the same weights."""
    ours = Networks.draw(Design(normed, "ReLU"), torch.full_like(rate, 2**0.5), 1, stream)
    net = solution.network(8, width=32, depth=8, normed=normed).to(rate)
    linear = [layer for layer in net if isinstance(layer, torch.nn.Linear)]
    with torch.no_grad():
        for layer, weight in zip(linear, ours.weights, strict=True):
            layer.weight.copy_(weight[0])
            if layer.bias is not None:
                layer.bias.zero_()
    batches = [examples(BATCH, stream, rate) for _ in range(steps)]
    losses = [ours.step(x, y, rate) for x, y in batches]
    theirs = solution.train(net, batches, learning_rate=float(rate))
    return relative_error(torch.tensor(theirs, dtype=torch.float64), torch.cat(losses).cpu().double())
