"""4a4: dropout behind one block's batch norm stands before the next block's: how much variance it adds there.

Through a layer wᵀx with x = h m / (1 - p), E[m] = 1 - p: Var_train(wᵀx) = Var(wᵀh) + p / (1 - p) Σ_j w_j² E[h_j²]. The
sum is over what has a mask of its own: a value for Dropout, for Dropout2d all that a kernel sees of a channel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, smallest
from bench.kit.training import seeded

from .network import Net, initial
from .problem import MAP_DROPOUT, Setting, load

WIDTH = 0.25
STANDARD_ERRORS = 6
LEFT = (0.65, 1.75)
"""What a norm may find of the variance added at its block's first convolution: 0.88 to 1.32 of it in ten networks."""
KINDS = ("Dropout2d", "Dropout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Variance with dropout over variance without, of one block."""

    block: int
    predicted: float
    """At the first convolution, by the formula."""
    measured: float
    error: float
    """The standard error of what was measured, over draws of masks."""
    at_norm: float
    """At the block's own batch norm, behind ReLU, a convolution, ReLU and pooling."""


def study(lab: Lab, setting: Setting) -> None:
    photos = load(lab, setting)
    net = initial(lab.seed, width=WIDTH).to(lab.device, lab.dtype)
    count = lab.pick(smoke=24, quick=32, full=64)
    x = photos.train.ready(photos.train.x[:count]).to(lab.dtype)
    rows: list[dict[str, Any]] = []
    predictions: dict[str, list[float]] = {}
    for kind in KINDS:
        shifts = list(through(net, x, kind, draws=lab.pick(smoke=12, quick=12, full=16), seed=lab.seed))
        rows += [row(kind, shift) for shift in shifts]
        report(lab, kind, shifts, data=photos.name)
        predictions[kind] = [shift.predicted - 1 for shift in shifts[1:]]
    apart = largest(abs(one / whole - 1) for one, whole in zip(*predictions.values(), strict=True))
    lab.claim("variance that Dropout adds over what Dropout2d adds, random kernels, off 1 by", apart, at_most=0.1)
    lab.table("variance in training over variance in evaluation", rows)


@torch.no_grad()
def through(net: Net, x: Tensor, kind: str, *, draws: int, seed: int) -> Iterator[Shift]:
    """Block by block, with what drops behind the block before alone: each block's input is the undropped one.

    ``x`` (N, 3, 32, 32) float64. The norms take the statistics of the batch, as in training.
    """
    net.train()
    h = x
    for number, block in enumerate(net.features, start=1):
        assert isinstance(block, nn.Sequential)
        if number == 1:
            yield Shift(block=1, predicted=1.0, measured=1.0, error=0.0, at_norm=1.0)
        else:
            yield shifted(block, h, kind, number=number, draws=draws, seed=seed)
        h = block(h)


def shifted(block: nn.Sequential, h: Tensor, kind: str, *, number: int, draws: int, seed: int) -> Shift:
    first = block[0]
    assert isinstance(first, nn.Conv2d)
    drop: nn.Module = {"Dropout2d": nn.Dropout2d, "Dropout": nn.Dropout}[kind](MAP_DROPOUT)
    clean = first(h)
    centre = clean.mean((0, 2, 3), keepdim=True)
    before = float((clean - centre).square().mean())
    ratios, at_norm = [], []
    plain = float(block[:5](h).var((0, 2, 3)).mean())
    with seeded(seed, h.device):
        for _ in range(draws):
            dropped = drop(h)
            # About the centre without masks, which is the true one: E[m / (1 - p)] = 1.
            ratios.append(float((first(dropped) - centre).square().mean()) / before)
            at_norm.append(float(block[:5](dropped).var((0, 2, 3)).mean()) / plain)
    return Shift(
        block=number,
        predicted=1 + added(first, h, kind) / before,
        measured=mean(ratios),
        error=stdev(ratios) / sqrt(draws),
        at_norm=mean(at_norm),
    )


def added(layer: nn.Conv2d, h: Tensor, kind: str, p: float = MAP_DROPOUT) -> float:
    """p / (1 - p) Σ_j w_j² E[h_j²], the mean over places, pictures and channels that come out."""
    if kind == "Dropout":
        squares = F.conv2d(h.square(), layer.weight.square(), padding=1)
    else:
        # All that a kernel sees of a channel shares one mask: the sum over its nine places is squared as a whole.
        outputs = len(layer.weight)
        apart = layer.weight.transpose(0, 1).reshape(-1, 1, 3, 3)
        parts = F.conv2d(h, apart, padding=1, groups=h.shape[1])
        squares = parts.unflatten(1, (h.shape[1], outputs)).square().sum(1)
    return p / (1 - p) * float(squares.mean())


def report(lab: Lab, kind: str, shifts: list[Shift], *, data: str) -> None:
    name = f"variance before each block's batch norm, dropout on over off, {kind}"
    blocks = [shift.block for shift in shifts]
    for series, values in (
        ("first convolution, predicted", [shift.predicted for shift in shifts]),
        ("first convolution, measured", [shift.measured for shift in shifts]),
        ("before the norm, measured", [shift.at_norm for shift in shifts]),
    ):
        lab.curve(name, blocks, values, series=series, x_label=f"block, {data}", y_label="ratio of variances")
    for shift in shifts[1:]:
        lab.metric(f"{kind}: variance before block {shift.block}'s norm, on over off", shift.at_norm)
        lab.metric(f"{kind}: variance at block {shift.block}'s first convolution, predicted", shift.predicted)
    off = largest(abs(shift.measured - shift.predicted) / shift.error for shift in shifts[1:])
    lab.claim(f"{kind}: variance through a convolution off the formula, standard errors", off, at_most=STANDARD_ERRORS)
    passed = [(shift.at_norm - 1) / (shift.predicted - 1) for shift in shifts[1:]]
    name = f"{kind}: variance added before a norm over what is added at its first convolution"
    lab.claim(f"{name}, least", smallest(passed), at_least=LEFT[0])
    lab.claim(f"{name}, most", largest(passed), at_most=LEFT[1])
    lab.claim(
        f"{kind}: variance added before block 2's norm, in standard errors of the convolution's",
        (shifts[1].at_norm - 1) / shifts[1].error,
        at_least=STANDARD_ERRORS,
    )


def row(kind: str, shift: Shift) -> dict[str, Any]:
    return {
        "layer": kind,
        "block": shift.block,
        "first convolution, predicted": shift.predicted,
        "first convolution, measured": shift.measured,
        "standard error": shift.error,
        "before the norm, measured": shift.at_norm,
    }
