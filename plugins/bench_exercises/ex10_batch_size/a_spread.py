"""10a: how far the costs of single images lie apart, at the weights that a training has on its way."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench.kit.training import seeded

from .problem import Digits, Feed, Spread

LOOKED_AT = 500
"""Images of each set over which the spread of the costs is taken."""


def stops(feed: Feed, looks: int) -> tuple[int, ...]:
    """The steps in the middle of ``looks`` equal pieces of every epoch."""
    n = feed.steps_per_epoch
    middles = {max(1, (2 * k + 1) * n // (2 * looks)) for k in range(looks)}
    return tuple(epoch * n + middle for epoch in range(feed.epochs) for middle in sorted(middles))


def spread(net: nn.Module, step: int, digits: Digits, seed: int) -> Spread:
    """The costs of single images at these weights; the training's own random stream is left as it was."""
    was_training, device = net.training, digits.train_y.device
    with torch.inference_mode(), seeded(seed, device):
        net.train()
        train = costs(net, *some(digits.train, len(digits.train_y), device))
        net.eval()
        test = costs(net, *some(digits.test, len(digits.test_y), device))
    net.train(was_training)
    (train_variance, train_error), (test_variance, test_error) = variance(train), variance(test)
    return Spread(
        step=step,
        train=train_variance,
        train_error=train_error,
        test=test_variance,
        test_error=test_error,
    )


def some(of: Callable[[Tensor], tuple[Tensor, Tensor]], count: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """``LOOKED_AT`` digits or a few more, spread evenly over a set, for the classes are not."""
    return of(torch.arange(0, count, max(1, count // LOOKED_AT), device=device))


def costs(net: nn.Module, x: Tensor, y: Tensor, batch: int = 125) -> Tensor:
    """-log p of the label, of every image (N,) in float64."""
    pieces = zip(x.split(batch), y.split(batch), strict=True)
    return torch.cat([F.nll_loss(net(some), labels, reduction="none").double() for some, labels in pieces])


def variance(values: Tensor) -> tuple[float, float]:
    """The variance, and its relative standard error: that of the mean of the squared deviations."""
    squares = (values - values.mean()).square()
    count = len(values)
    found = squares.sum() / (count - 1)
    return found.item(), (squares.std() / count**0.5 / found).item()
