"""8b: batch norm behind dropout meets other inputs at test than in training.

h = ReLU(z) with z standard normal has the moments E h = 1/√(2π) and E h² = 1/2. Inverted dropout keeps the first and
divides the second by q = 1 - p:

    training variance / test variance = (1/(2q) - 1/(2π)) / (1/2 - 1/(2π))
"""

from __future__ import annotations

from math import pi

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import Running, batch_norm, batch_norm_eval, dropout, running_statistics
from bench.kit.compare import largest

from .problem import like, normal

DROPPED = (0.5, 0.3, 0.15)
WIDTH = 4
BATCHES = 20


def predicted_ratio(p: float) -> float:
    mean_square = 1 / (2 * pi)
    return (0.5 / (1 - p) - mean_square) / (0.5 - mean_square)


def study(lab: Lab) -> None:
    stream = lab.generator()
    z = normal((BATCHES, lab.pick(smoke=4000, quick=10000, full=50000), WIDTH), stream, like(lab))
    rows = []
    for p in DROPPED:
        masks = (torch.rand(z.shape, generator=stream) >= p).to(z)
        after, before = (shift(order, z, masks, p) for order in (("relu", "drop", "norm"), ("norm", "relu", "drop")))
        rows.append({"rate p": p, "dropout, then BN": after, "BN, then dropout": before, "formula": predicted_ratio(p)})
        off = abs(after / predicted_ratio(p) - 1)
        lab.claim(f"variance shift at p = {p}: off the formula by", off, at_most=0.02)
        lab.metric(f"variance shift at p = {p}", after)
    lab.table("Variance that batch norm has learned, over the variance that it meets at test", rows)
    worst = largest(abs(row["BN, then dropout"] - 1) for row in rows)
    lab.claim("batch norm first: its variance ratio is 1, off by", worst, at_most=0.01)
    test_outputs(lab, z, stream)


def learned_statistics(batches: Tensor) -> Running:
    """What batch norm remembers of training on (batches, N, F): the average over all of them."""
    mean, variance = torch.zeros_like(batches[0, 0]), torch.ones_like(batches[0, 0])
    running = Running(mean, variance)
    for seen, x in enumerate(batches, 1):
        _, saved = batch_norm(x, torch.ones_like(mean), torch.zeros_like(mean))
        running = running_statistics(running, saved, momentum=1 / seen)
    return running


def norm_input(order: tuple[str, ...], z: Tensor, mask: Tensor, p: float) -> Tensor:
    """What reaches the batch norm of ``order``; what stands behind it has no part in that."""
    layers = {"relu": Tensor.relu, "drop": lambda x: dropout(x, mask, p)[0]}
    for name in order[: order.index("norm")]:
        z = layers[name](z)
    return z


def shift(order: tuple[str, ...], z: Tensor, masks: Tensor, p: float) -> float:
    """Learned variance over test variance, for z (batches, N, F)."""
    train = torch.stack([norm_input(order, x, mask, p) for x, mask in zip(z, masks, strict=True)])
    return ratio(learned_statistics(train), norm_input(order, z, torch.ones_like(z), 0.0))


def ratio(running: Running, test: Tensor) -> float:
    return float((running.variance / test.flatten(0, 1).var(0, correction=0)).mean())


def test_outputs(lab: Lab, z: Tensor, stream: torch.Generator) -> None:
    """At test the outputs should have variance 1; with statistics learned under dropout it is one over the ratio."""
    h, one, zero = z.relu(), torch.ones_like(z[0, 0]), torch.zeros_like(z[0, 0])
    # the stream that drew z: another with the same seed would repeat its numbers, and the masks would hang on z
    masks = (torch.rand(z.shape, generator=stream) >= 0.5).to(z)

    def tested(batches: Tensor) -> Tensor:
        return batch_norm_eval(h.flatten(0, 1), one, zero, learned_statistics(batches), eps=0.0)[0].var(0)

    under, without = tested(dropout(h, masks, 0.5)[0]), tested(h)
    lab.metric("variance of test outputs, statistics learned under dropout of a half", under.mean())
    off = (under * predicted_ratio(0.5) - 1).abs().max()
    lab.claim("test outputs after statistics under dropout: variance times the ratio, off 1 by", off, at_most=0.04)
    off = (without - 1).abs().max()
    lab.claim("test outputs after statistics without dropout: variance off 1 by", off, at_most=0.01)
