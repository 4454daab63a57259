"""8b: the variance shift through layers, predicted and measured.

One linear map behind dropout of rate p = 1 - q passes it on exactly. With masks m_j of mean q, independent,

    Var_train(wᵀx) = Var(wᵀh) + (p/q) Σ_j w_j² E[h_j²],   x = m h / q,

and where one mask serves a whole group of inputs (a channel), the square is of the group's sum. Behind the map come
ReLUs, poolings, further layers. There the mean μ and the variance v that the masks give to every value are passed on as
if it were normal and independent of its neighbours; of weights drawn at random that is true in the mean.
"""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import dropout
from bench.kit.compare import relative_error
from bench.kit.data import mnist, normalise, statistics
from bench.kit.training import seeded

from .b_at_test import learned_over_met, report
from .checks import below, density
from .problem import like, normal

BLOCKS = ((8, 16), (32, 32), (64, 64))
"""The channels of exercise 4's convolutions, a quarter as many."""
RATE = 0.15
"""What exercise 4 drops behind convolutions."""
TINY = 1e-30
Weights = list[tuple[Tensor, Tensor]]
Moments = tuple[Tensor, Tensor]
"""Mean and variance over the masks, of each value (N, C, H, W)."""


def study(lab: Lab) -> None:
    through_a_layer(lab)
    through_a_convolution(lab)
    through_blocks(lab)


def through_a_layer(lab: Lab) -> None:
    """All 2⁶ masks of six inputs with their probabilities: both sides are exact."""
    stream, p = lab.generator(), 0.3
    h, w = normal((40, 6), stream, like(lab)).relu(), normal((6,), stream, like(lab))
    masks = torch.tensor(list(product((0.0, 1.0), repeat=6))).to(h)
    chance = (masks * (1 - p) + (1 - masks) * p).prod(1)
    outputs = torch.stack([dropout(h, mask.expand_as(h), p)[0] @ w for mask in masks])
    expected = variance(h @ w) + p / (1 - p) * (w.square() * h.square().mean(0)).sum()
    off = relative_error(weighted_variance(outputs, chance), expected)
    lab.claim("dropout, then a linear layer: variance over all 64 masks = the formula", off, at_most=1e-12)


def through_a_convolution(lab: Lab) -> None:
    """Dropout2d on four channels: 2⁴ masks. The taps of one channel fall together, and are added before the square."""
    stream, p = lab.generator(), 0.3
    h, w = normal((10, 4, 6, 6), stream, like(lab)).relu(), normal((1, 4, 3, 3), stream, like(lab))
    masks = torch.tensor(list(product((0.0, 1.0), repeat=4))).to(h)
    chance = (masks * (1 - p) + (1 - masks) * p).prod(1)
    outputs = torch.stack([F.conv2d(dropout(h, m.view(1, -1, 1, 1).expand_as(h), p)[0], w) for m in masks])
    of_channels = F.conv2d(h, w.transpose(0, 1), groups=4)
    expected = variance(of_channels.sum(1)) + p / (1 - p) * of_channels.square().mean((0, 2, 3)).sum()
    off = relative_error(weighted_variance(outputs.flatten(1), chance), expected)
    lab.claim("Dropout2d, then a convolution: variance over all 16 masks = the formula", off, at_most=1e-12)


def variance(x: Tensor) -> Tensor:
    return x.var(correction=0)


def weighted_variance(outputs: Tensor, chance: Tensor) -> Tensor:
    """Over examples and masks together; outputs (masks, N), chance (masks)."""
    mean = (chance @ outputs).mean()
    return (chance @ (outputs - mean).square()).mean()


def through_blocks(lab: Lab) -> None:
    """Exercise 4's blocks, untrained: twice convolution and ReLU, then pooling, batch norm, dropout; three times."""
    pictures = lab.uses(mnist(lab.data))
    x = normalise(pictures.test.x[: lab.pick(smoke=32, quick=64, full=256)], *statistics(pictures.train.x), lab.dtype)
    x, seeds = x.to(lab.device), range(lab.pick(smoke=2, quick=2, full=5))
    rows, tested = [], []
    stream = lab.generator()
    for seed in lab.track(seeds, "networks"):
        weights = drawn(1000 * (lab.seed + 1) + seed, x)
        off = measured(weights, x, 0.0, stream)
        for _ in range(2):
            entries, maps = (measured(weights, x, RATE, stream, whole=whole) for whole in (False, True))
            rows.append([ratios(found, off) for found in (entries, maps, predicted(weights, x, RATE))])
        tested.append(learned_over_met(weights, x, RATE, stream))
    entries, maps, law = torch.tensor(rows, dtype=torch.float64).mean(0)
    draw(lab, {"Dropout, measured": entries, "Dropout2d, measured": maps, "predicted": law})
    norms = torch.tensor([place.endswith("norm") for place in PLACES])
    lab.claim("blocks: before any dropout nothing is shifted, off 1 by", (entries[:3] - 1).abs().max(), at_most=1e-12)
    apart = (entries / law - 1).abs()
    lab.claim("blocks, Dropout: convolutions, measured over predicted, off 1 by", apart[~norms].max(), at_most=0.03)
    lab.claim("blocks, Dropout: batch norms, measured over predicted, off 1 by", apart[norms].max(), at_most=0.08)
    of_maps = (maps / law - 1).abs().max()
    lab.claim("blocks, Dropout2d: measured over predicted, off 1 by", of_maps, at_most=0.12)
    for place, found in zip(PLACES, maps, strict=True):
        if place.endswith("norm"):
            lab.metric(f"variance shift in blocks, Dropout2d, {place}", found)
    report(lab, torch.tensor(tested, dtype=torch.float64).mean(0).tolist(), maps[norms].tolist())


PLACES = [f"block {b} {place}" for b in (1, 2, 3) for place in ("conv 1", "conv 2", "norm")]


def draw(lab: Lab, series: dict[str, Tensor]) -> None:
    lab.table(
        "Variance with dropout over variance without, in exercise 4's blocks",
        [
            {"what meets it": place, **{name: float(found[k]) for name, found in series.items()}}
            for k, place in enumerate(PLACES)
        ],
    )
    for name, found in series.items():
        lab.curve(
            "The variance shift through three blocks",
            range(1, len(PLACES) + 1),
            found,
            series=name,
            x_label="place, down the blocks",
            y_label="variance with dropout over without",
        )


def drawn(seed: int, x: Tensor) -> Weights:
    """PyTorch's own initial weights of the six convolutions."""
    weights: Weights = []
    coming = x.shape[1]
    with seeded(seed, torch.device("cpu")):
        for going in (channels for block in BLOCKS for channels in block):
            layer = nn.Conv2d(coming, going, 3, padding=1).to(x)
            assert layer.bias is not None
            weights.append((layer.weight.detach(), layer.bias.detach()))
            coming = going
    return weights


def measured(weights: Weights, x: Tensor, p: float, stream: torch.Generator, *, whole: bool = False) -> list[float]:
    """The variance at each place in training mode, Σ over channels; ``whole`` drops whole maps."""
    found = []
    for k, (w, b) in enumerate(weights):
        x = F.conv2d(x, w, b, padding=1)
        found.append(spread(x))
        x = x.relu()
        if k % 2:
            x = F.max_pool2d(x, 2)
            found.append(spread(x))
            x = F.batch_norm(x, None, None, training=True)
            shape = (*x.shape[:2], 1, 1) if whole else x.shape
            x = dropout(x, (torch.rand(shape, generator=stream) >= p).to(x).expand_as(x), p)[0]
    return found


def predicted(weights: Weights, mean: Tensor, p: float) -> list[float]:
    """The same by passing on μ and v of every value: no mask is drawn."""
    found, v = [], torch.zeros_like(mean)
    for k, (w, b) in enumerate(weights):
        mean, v = F.conv2d(mean, w, b, padding=1), F.conv2d(v, w.square(), padding=1)
        found.append(spread(mean, v))
        if k % 2 == 0:
            mean, v = rectified(mean, v)
            continue
        mean, v = rectified(
            *pooled(mean, v)
        )  # max and ReLU commute, and the values before the ReLU are the normal ones
        found.append(spread(mean, v))
        mean, v = normed(mean, v)
        v = (v + p * mean.square()) / (1 - p)
    return found


def spread(mean: Tensor, v: Tensor | None = None) -> float:
    """Var = Var(μ) + E[v], summed over the channels."""
    total = mean.var((0, 2, 3), correction=0)
    return float((total if v is None else total + v.mean((0, 2, 3))).sum())


def rectified(mean: Tensor, v: Tensor) -> Moments:
    """μ and v of ReLU(z), z normal."""
    s = v.clamp_min(TINY).sqrt()
    a = mean / s
    first = mean * below(a) + s * density(a)
    second = (mean.square() + v) * below(a) + mean * s * density(a)
    return first, (second - first.square()).clamp_min(0)


def pooled(mean: Tensor, v: Tensor) -> Moments:
    """2 × 2 max pooling: the largest of two along the rows, and of two of those down the columns."""
    for axis in (-1, -2):
        halves = mean.shape[axis] // 2
        one, two = torch.arange(0, 2 * halves, 2, device=v.device), torch.arange(1, 2 * halves, 2, device=v.device)
        pick = [(mean.index_select(axis, at), v.index_select(axis, at)) for at in (one, two)]
        mean, v = larger(*pick)
    return mean, v


def larger(one: Moments, two: Moments) -> Moments:
    """μ and v of the larger of two independent normal numbers (Clark 1961)."""
    (m1, v1), (m2, v2) = one, two
    s = (v1 + v2).clamp_min(TINY).sqrt()
    a = (m1 - m2) / s
    first = m1 * below(a) + m2 * below(-a) + s * density(a)
    second = (m1.square() + v1) * below(a) + (m2.square() + v2) * below(-a) + (m1 + m2) * s * density(a)
    return first, (second - first.square()).clamp_min(0)


def normed(mean: Tensor, v: Tensor) -> Moments:
    """Batch norm divides by what it meets in training: the variance over the masks too."""
    total = (mean.var((0, 2, 3), correction=0) + v.mean((0, 2, 3)) + 1e-5).view(-1, 1, 1)
    return (mean - mean.mean((0, 2, 3)).view(-1, 1, 1)) / total.sqrt(), v / total


def ratios(on: list[float], off: list[float]) -> list[float]:
    return [a / b for a, b in zip(on, off, strict=True)]
