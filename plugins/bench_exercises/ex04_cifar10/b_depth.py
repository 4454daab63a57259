"""4b: more layers of 512 units: does the network overfit more, and what do its gradients say?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import mean, stdev
from typing import Any

import torch
from torch.nn import functional as F

from bench import Lab
from bench.kit.training import Epoch

from .network import Net, count, initial, weighted
from .problem import Photos, Setting, load
from .reference import Change, record, train

GAIN = 1 / sqrt(6)
"""What a square layer and its ReLU are expected to leave of a gradient's norm, under PyTorch's default weights.

They are uniform in ±1/√n, with variance 1/(3n): n of them pass n · 1/(3n) of a squared norm; half the ReLUs are shut.
"""

NEAR = log(1.2)
"""Five times what the logarithm of a measured gain strays by over seeds, 0.035; a factor √2 in the weights is 0.35."""


@dataclass(frozen=True, slots=True)
class Stack:
    """So many extra layers, started in one of ``network.STARTS``."""

    extra: int
    start: str = "default"

    @property
    def label(self) -> str:
        return f"{self.extra} extra layers" + (", He" if self.start == "he" else "")

    @property
    def shape(self) -> dict[str, Any]:
        """Of ``Net``; without extra layers the baseline's own, so that it is trained once."""
        return {"extra": self.extra} | ({"start": self.start} if self.start != "default" else {})


@dataclass(frozen=True, slots=True)
class Sample:
    """The ends of the trainings of one stack, one for each seed."""

    stack: Stack
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
    """How much larger the mean gap is, and the standard error of that difference.

    By pairs: a seed gives both the same batches and the same weights below the extra layers.
    """
    pairs = [a - b for a, b in zip(deeper.values("gap"), plain.values("gap"), strict=True)]
    return mean(pairs), stdev(pairs) / sqrt(len(pairs))


def verdict(difference: float, error: float) -> str:
    """What two standard errors decide."""
    if difference > 2 * error:
        return "overfits more"
    return "overfits less" if difference < -2 * error else "no difference shown"


def study(lab: Lab, setting: Setting, extra: Sequence[int] | int, seeds: int) -> None:
    """Train every stack from every seed; decide by the mean gap between test and training loss."""
    photos = load(lab, setting)
    stacks = stacks_of(extra)
    added = count(Net(extra=1)) - count(Net())
    lab.claim("parameters that one more layer of the sheet's network adds", added, equals=512 * 512 + 512)
    explain(lab, setting, photos, stacks=stacks, seeds=seeds)
    samples = [Sample(stack, ends(lab, setting, photos, stack=stack, seeds=seeds)) for stack in stacks]
    lab.table("more layers", [row(sample, samples[0]) for sample in samples])
    for sample in samples:
        report(lab, sample, samples[0])
    if lab.profile != "smoke":
        decide(lab, {sample.stack.label: sample for sample in samples})


def stacks_of(extra: Sequence[int] | int) -> list[Stack]:
    """Every number of layers as PyTorch starts it, and the deepest as He et al. do."""
    numbers = sorted({extra} if isinstance(extra, int) else set(extra))
    return [Stack(k) for k in numbers] + ([Stack(numbers[-1], "he")] if numbers[-1] else [])


def ends(lab: Lab, setting: Setting, photos: Photos, *, stack: Stack, seeds: int) -> tuple[Epoch, ...]:
    """The last epoch of each training; the curves of the first seed are recorded."""
    found = []
    for seed in range(lab.seed, lab.seed + seeds):
        change = Change(label=f"{stack.label}, seed {seed}", shape=stack.shape, seed=seed)
        trained = train(lab, setting, photos, change)
        if seed == lab.seed:
            record(lab, photos, trained)
        found.append(trained.history.last)
    return tuple(found)


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


def at_the_start(lab: Lab, setting: Setting, photos: Photos, *, stack: Stack, seeds: int) -> list[float]:
    nets = [
        initial(seed, width=setting.width, **stack.shape).to(lab.device) for seed in range(lab.seed, lab.seed + seeds)
    ]
    return averaged([gradient_norms(net, photos) for net in nets])


def explain(lab: Lab, setting: Setting, photos: Photos, *, stacks: list[Stack], seeds: int) -> None:
    """The gradients that the layers start with, and what one more layer leaves of them."""
    norms = {stack: at_the_start(lab, setting, photos, stack=stack, seeds=seeds) for stack in stacks}
    for stack, of_layers in norms.items():
        lab.curve(
            "gradient norms at the start",
            range(1, len(of_layers) + 1),
            of_layers,
            series=stack.label,
            x_label=f"layer, from the input ({photos.name})",
            y_label="norm of the gradient of its weights",
            scale="log-y",
        )
    lab.metric("gain of a gradient's norm per layer and ReLU, expected", GAIN)
    shallow, *deeper = stacks
    for stack in deeper[-2:]:
        if norms[shallow][0]:
            compare_gains(lab, stack, shallow, ratio=norms[stack][0] / norms[shallow][0])


def compare_gains(lab: Lab, stack: Stack, shallow: Stack, *, ratio: float) -> None:
    """The first layer's gradient against the one without extra layers: 1/√6 a layer, and 1 under He's weights."""
    layers = stack.extra - shallow.extra
    if not layers:
        return
    gain, expected = ratio ** (1 / layers), 1.0 if stack.start == "he" else GAIN
    he = ", He" if stack.start == "he" else ""
    lab.metric(f"gradient of the first layer, {stack.label} over {shallow.extra}", ratio)
    lab.metric(f"gain of a gradient's norm per extra layer, measured{he}", gain)
    lab.claim(f"gain per extra layer{he}: |log| of measured over expected", abs(log(gain / expected)), at_most=NEAR)


def row(sample: Sample, plain: Sample) -> dict[str, Any]:
    names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
    means = {name.replace("_", " "): mean(sample.values(name)) for name in names}
    return (
        {"extra layers": sample.stack.label, "trainings": len(sample.ends)}
        | means
        | {
            "gap": sample.gap,
            "its standard error": sample.error,
            "verdict": "—" if sample is plain else verdict(*rise(sample, plain)),
        }
    )


def report(lab: Lab, sample: Sample, plain: Sample) -> None:
    label = sample.stack.label
    lab.metric(f"mean gap, {label}", sample.gap)
    lab.metric(f"standard error of the gap, {label}", sample.error)
    for split in ("train", "test"):
        lab.metric(f"mean {split} accuracy, {label}", mean(sample.values(f"{split}_accuracy")))
        lab.metric(f"mean {split} loss, {label}", mean(sample.values(f"{split}_loss")))
    if sample is not plain:
        difference, error = rise(sample, plain)
        lab.metric(f"rise of the gap, {label}", difference)
        lab.metric(f"standard error of that rise, {label}", error)


def decide(lab: Lab, samples: dict[str, Sample]) -> None:
    """The network without extra layers was trained to the end; where four default ones stop it, He's do not."""
    known = lab.pick(smoke=0.0, quick=0.95, full=0.99)
    accuracy = {label: mean(sample.values("train_accuracy")) for label, sample in samples.items()}
    plain, default, he = (accuracy.get(label) for label in ("0 extra layers", "4 extra layers", "4 extra layers, He"))
    if plain is not None:
        lab.claim("mean train accuracy, without extra layers", plain, at_least=known, as_declared=True)
    if lab.profile == "quick" and default is not None and he is not None:
        lab.claim(
            "train accuracy of 4 extra layers: He above the default", he - default, at_least=0.3, as_declared=True
        )
    if lab.profile == "full" and plain is not None and "2 extra layers" in samples:
        rises = [rise(samples[f"{k} extra layers"], samples["0 extra layers"]) for k in (2, 4)]
        least = min(difference / error for difference, error in rises)
        lab.claim("rise of the gap with 2 and 4 extra layers, in standard errors", least, at_least=2, as_declared=True)
