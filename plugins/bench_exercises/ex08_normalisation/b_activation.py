"""8b: what batch norm meets before and after a ReLU in a trained network, and what commutes with what."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.byhand import dropout
from bench.kit.compare import max_error
from bench.kit.data import mnist
from bench.kit.training import seeded

from .b_ranking import train
from .by_hand import over_batch
from .checks import skewness
from .problem import flat, like, normal

WIDTH = 64
LIVE = 1e-6
"""A unit whose activations vary less than this is dead, and has no shape to speak of."""


class Met(NamedTuple):
    before: Tensor
    after: Tensor
    """|Skewness| of each living unit of the second layer, before and after its ReLU."""


def study(lab: Lab) -> None:
    met = Met(*(torch.cat(units) for units in zip(*in_trained_networks(lab), strict=True)))
    before, after = float(met.before.median()), float(met.after.median())
    lab.metric("median |skewness| of a trained unit, before its ReLU", before)
    lab.metric("median |skewness| of a trained unit, after its ReLU", after)
    share = (met.after > met.before).double().mean()
    lab.claim("trained units that are more skewed after the ReLU than before it, share", share, at_least=0.85)
    commuting(lab)


def in_trained_networks(lab: Lab) -> list[Met]:
    """784 → 64 → 64 → 10, ReLU, no norm and no dropout, trained on digits."""
    pictures = lab.uses(mnist(lab.data))
    count, epochs = lab.pick(smoke=800, quick=2000, full=4000), lab.pick(smoke=1, quick=4, full=10)
    x, y = flat(pictures.train.x[:count], pictures, lab), pictures.train.y[:count].to(lab.device)
    return [one_network(x, y, 1000 * lab.seed + k, epochs) for k in range(lab.pick(smoke=2, quick=3, full=5))]


def one_network(x: Tensor, y: Tensor, seed: int, epochs: int) -> Met:
    with seeded(seed, torch.device("cpu")):
        first, second, last = nn.Linear(784, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 10)
    net = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), last).to(x)
    train(net, x, y, epochs=epochs, stream=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        z = second(first(x).relu())
    living = z.relu().var(0) > LIVE
    return Met(*(skewness(values[:, living]).abs() for values in (z, z.relu())))


def commuting(lab: Lab) -> None:
    stream = lab.generator()
    z = normal((2000, 8), stream, like(lab))
    mask = (torch.rand(z.shape, generator=stream) >= 0.5).to(z)
    first, second = dropout(z.relu(), mask, 0.5)[0], dropout(z, mask, 0.5)[0].relu()
    lab.claim("dropout and ReLU commute", max_error(first, second), equals=0)
    swapped = max_error(over_batch(z).relu(), over_batch(z.relu()))
    lab.claim("batch norm and ReLU do not commute", swapped, at_least=0.1)
    zeros = [(values == 0).double().mean() for values in (over_batch(z).relu(), over_batch(z.relu()))]
    lab.claim("batch norm, then ReLU: share of zeros off a half by", abs(zeros[0] - 0.5), at_most=0.05)
    lab.claim("ReLU, then batch norm: share of zeros", zeros[1], equals=0)
