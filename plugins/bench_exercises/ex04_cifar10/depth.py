"""4b: more layers of 512 units: does the network overfit more, and what do its gradients say?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev
from typing import Any

import torch
from torch.nn import functional as F

from bench import Lab
from bench.kit.training import Epoch

from .network import Net, initial, weighted
from .setting import Photos, Setting, load
from .trainings import Change, record, train

GAIN = 1 / sqrt(6)
"""What a square layer and its ReLU are expected to leave of a gradient's norm, under PyTorch's default weights.

They are uniform in ±1/√n, with variance 1/(3n): n of them pass n · 1/(3n) of a squared norm; half the ReLUs are shut.
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """The ends of the trainings of one depth, one for each seed."""

    extra: int
    ends: tuple[Epoch, ...]

    def values(self, name: str) -> list[float]:
        return [getattr(end, name) for end in self.ends]

    @property
    def gap(self) -> float:
        return mean(self.values("gap"))

    @property
    def error(self) -> float:
        """The standard error of the mean gap; at least two seeds are needed."""
        return stdev(self.values("gap")) / sqrt(len(self.ends))


def rise(deeper: Sample, plain: Sample) -> tuple[float, float]:
    """How much larger the mean gap is, and the standard error of that difference."""
    return deeper.gap - plain.gap, sqrt(deeper.error**2 + plain.error**2)


def verdict(difference: float, error: float) -> str:
    """What two standard errors decide."""
    if difference > 2 * error:
        return "overfits more"
    return "overfits less" if difference < -2 * error else "no difference shown"


def gradient_norms(net: Net, photos: Photos, count: int = 128) -> dict[str, float]:
    """The norm of the loss's gradient for the weights of each layer, from the input to the output."""
    net.train()
    x, y = photos.train.x[:count], photos.train.y[:count]
    layers = weighted(net)
    loss = F.cross_entropy(net(photos.train.ready(x)), y)
    gradients = torch.autograd.grad(loss, [layer.weight for layer in layers.values()])
    return {name: float(gradient.norm()) for name, gradient in zip(layers, gradients, strict=True)}


def averaged(norms: Sequence[dict[str, float]]) -> list[float]:
    """The geometric mean over seeds, layer by layer."""
    stacked = torch.tensor([list(of.values()) for of in norms], dtype=torch.float64)
    averaged: list[float] = stacked.log().mean(0).exp().tolist()
    return averaged


def deeper(lab: Lab, setting: Setting, extra: Sequence[int] | int, seeds: int) -> None:
    """Train every depth from every seed; decide by the mean gap between test and training loss."""
    if seeds < 2:
        raise ValueError(f"a standard error takes at least 2 seeds, not {seeds}")
    extra = sorted({extra} if isinstance(extra, int) else set(extra))
    photos = load(lab, setting)
    added = count(Net(extra=1)) - count(Net())
    lab.claim("parameters that one more layer of the sheet's network adds", added, equals=512 * 512 + 512)
    norms = {k: at_the_start(lab, setting, photos, extra=k, seeds=seeds) for k in extra}
    explain(lab, photos.name, norms)
    samples = [
        Sample(k, tuple(end_of(lab, setting, photos, extra=k, seed=lab.seed + i) for i in range(seeds))) for k in extra
    ]
    lab.table(f"more layers: {photos.name}", [row(sample, samples[0]) for sample in samples])
    for sample in samples:
        report(lab, sample, samples[0])


def count(net: Net) -> int:
    return sum(p.numel() for p in net.parameters())


def at_the_start(lab: Lab, setting: Setting, photos: Photos, *, extra: int, seeds: int) -> list[float]:
    nets = [initial(lab.seed + i, width=setting.width, extra=extra).to(lab.device) for i in range(seeds)]
    return averaged([gradient_norms(net, photos) for net in nets])


def end_of(lab: Lab, setting: Setting, photos: Photos, *, extra: int, seed: int) -> Epoch:
    """The last epoch of one training, whose curves are recorded for the first seed."""
    trained = train(
        lab, setting, photos, Change(label=f"{extra} extra layers, seed {seed}", shape={"extra": extra}, seed=seed)
    )
    if seed == lab.seed:
        record(lab, photos, trained)
    return trained.history.last


def explain(lab: Lab, data: str, norms: dict[int, list[float]]) -> None:
    """The gradients that the layers start with, and what one more layer leaves of them."""
    for extra, of_layers in norms.items():
        lab.curve(
            f"gradient norms at the start: {data}",
            range(1, len(of_layers) + 1),
            of_layers,
            series=f"{extra} extra layers",
            x_label="layer, from the input",
            y_label="norm of the gradient of its weights",
            scale="log-y",
        )
    lab.metric("gain of a gradient's norm per layer and ReLU, expected", GAIN)
    shallow, deep = min(norms), max(norms)
    if deep == shallow or not norms[shallow][0]:
        return
    ratio = norms[deep][0] / norms[shallow][0]
    lab.claim(f"gradient of the first layer, {deep} extra layers over {shallow}", ratio, at_most=0.5, as_declared=True)
    lab.metric("gain of a gradient's norm per extra layer, measured", ratio ** (1 / (deep - shallow)))


def row(sample: Sample, plain: Sample) -> dict[str, Any]:
    names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
    means = {name.replace("_", " "): mean(sample.values(name)) for name in names}
    return (
        {"extra layers": sample.extra, "trainings": len(sample.ends)}
        | means
        | {
            "gap": sample.gap,
            "its standard error": sample.error,
            "verdict": "—" if sample is plain else verdict(*rise(sample, plain)),
        }
    )


def report(lab: Lab, sample: Sample, plain: Sample) -> None:
    label = f"{sample.extra} extra layers"
    lab.metric(f"mean gap, {label}", sample.gap)
    lab.metric(f"standard error of the gap, {label}", sample.error)
    for split in ("train", "test"):
        lab.metric(f"mean {split} accuracy, {label}", mean(sample.values(f"{split}_accuracy")))
    if sample is not plain:
        difference, error = rise(sample, plain)
        lab.metric(f"rise of the gap, {label}", difference)
        lab.metric(f"standard error of that rise, {label}", error)
