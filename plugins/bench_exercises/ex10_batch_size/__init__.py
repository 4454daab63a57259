"""ex10: batch sizes on MNIST, their noise, speed and memory."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Exercise, Lab, Work, hookimpl
from bench.kit.data import mnist

from . import charts, speed
from .feed import Digits, Feed
from .network import FLAT, PARAMETERS, initial
from .noise import Noise, distortion, gradient_noise, slope
from .training import History, make_optimizer, train

exercise = Exercise(tags=("training", "mnist", "convolution", "batch size"))

EXACT = 1e-12
UNIFORM = log(10)
"""The cost of knowing nothing: every digit with probability 1/10."""


@exercise.study("a.loss", "The network, and why log-softmax is paired with NLL", batch=32)
def loss(lab: Lab, batch: int) -> None:
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype, images=max(batch, 100))
    net = initial(lab.seed).to(lab.device, lab.dtype).eval()
    x, y = digits.numbers(digits.train_x[:batch]), digits.train_y[:batch]
    with torch.no_grad():
        features, log_p, logits = net.layer2(net.layer1(x)), net(x), net.logits(x)
    lab.claim("layer 2 gives, per image, numbers", features[0].numel(), equals=FLAT)
    lab.claim("the network has so many parameters", sum(p.numel() for p in net.parameters()), equals=PARAMETERS)
    truth = F.cross_entropy(logits, y)
    lab.claim("NLL of the log-softmax = cross-entropy of the logits", gap(F.nll_loss(log_p, y), truth), at_most=EXACT)
    lab.claim(
        "cross-entropy of the log-softmax is the same again", gap(F.cross_entropy(log_p, y), truth), at_most=EXACT
    )
    lab.claim("trap: NLL of the plain softmax is negative", F.nll_loss(log_p.exp(), y), at_most=0)
    lab.metric("cost of the untrained network", truth)
    lab.metric("cost of a uniform answer, ln 10", UNIFORM)


def gap(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).abs()


def sizes(batch: Sequence[int] | int) -> list[int]:
    return sorted({batch} if isinstance(batch, int) else set(batch))


@exercise.study(
    "a", "Batch size and learning noise", batch=(1, 8, 32, 50), epochs=0, optimizer="sgd", learning_rate=0.0
)
def curves(lab: Lab, batch: Sequence[int] | int, epochs: int, optimizer: str, learning_rate: float) -> None:
    """``epochs`` and ``learning_rate`` of 0 stand for the profile's number and for the optimizer's usual rate."""
    batches = sizes(batch)
    images = lab.pick(smoke=320, quick=1000, full=None)
    epochs = epochs or lab.pick(smoke=1, quick=4, full=15)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32, images)
    histories = [trained(lab, Feed.draw(digits, size, epochs, lab.seed), optimizer, learning_rate) for size in batches]
    width = max(max(batches), int(histories[0].seen[-1]) // 40)
    charts.per_iteration(lab, histories)
    charts.per_image(lab, histories, width)
    charts.per_epoch(lab, histories)
    lab.table("Batch sizes compared", map(charts.row, histories))
    lab.figure("cost and error by batch size", charts.picture(histories, width), CAPTION)
    compare(lab, histories)


CAPTION = (
    "Thin: every single batch, a training batch before its update, a test batch after it. Thick: means over equal "
    "numbers of images. The cost axis is logarithmic. Every batch size saw the same images in the same order, from the "
    "same initial weights."
)


def trained(lab: Lab, feed: Feed, optimizer: str, learning_rate: float) -> History:
    """One training from the initial weights that all batch sizes share, in float32; channels last is the faster."""
    net = initial(lab.seed).to(lab.device, memory_format=torch.channels_last)
    return train(net, feed, make_optimizer(optimizer, net, learning_rate or None), lab.seed, lab.track)


def compare(lab: Lab, histories: Sequence[History]) -> None:
    rows = [charts.row(history) for history in histories]
    for record in rows:
        for name in ("test accuracy", "test cost", "jump of train cost", "jump of test cost"):
            lab.metric(f"{name}, batch {record['batch size']}", record[name])
    seen = {int(history.seen[-1]) for history in histories}
    lab.claim("every batch size saw the same number of images", len(seen), equals=1)
    if len(rows) > 1:
        jumps = [record["jump of train cost"] for record in rows]
        lab.claim("jump of the train cost, largest over smallest batch size", jumps[-1] / jumps[0], at_most=1)
        growth = max(after / before for before, after in pairwise(jumps))
        lab.metric("jump of the train cost, largest ratio from one batch size to the next", growth)
    if lab.profile != "smoke":
        trained_long_enough(lab, histories, [record["jump of train cost"] for record in rows])


def trained_long_enough(lab: Lab, histories: Sequence[History], jumps: Sequence[float]) -> None:
    """Claims that the few iterations of a smoke run are too short for."""
    costs = [history.epochs[-1].test_loss for history in histories]
    lab.claim("highest final test cost, below ln 10", max(costs), at_most=UNIFORM)
    for small, large in pairwise(range(len(jumps))):
        name = f"jump of the train cost, batch {histories[large].batch} over batch {histories[small].batch}"
        lab.claim(name, jumps[large] / jumps[small], at_most=1)
    first = histories[0]
    if len(first.epochs) > 3:
        whole = distortion(torch.tensor([epoch.test_loss for epoch in first.epochs[1:]]))
        ratio = whole / distortion(first.curves.test_loss)
        lab.claim("jump of the test cost at the smallest batch size, whole set over single batch", ratio, at_most=1)


@exercise.study("a.noise", "The variance of the mini-batch gradient is σ²/B", batch=(1, 8, 32, 50))
def variance(lab: Lab, batch: Sequence[int] | int) -> None:
    batches = sizes(batch)
    images = lab.pick(smoke=400, quick=4000, full=None)
    draws = lab.pick(smoke=16, quick=30, full=1000)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32, images)
    net = initial(lab.seed).to(lab.device)
    generator = lab.generator()
    noises = [
        # A small batch costs little and its estimate is the loosest: it is drawn more often.
        gradient_noise(net, digits, size, max(draws, 4 * draws // size), generator)
        for size in lab.track(batches, "gradient noise")
    ]
    lab.table("Noise of a mini-batch at the initial weights", map(noise_row, noises))
    for name, values, power in (
        ("variance of the gradient", [n.variance for n in noises], 1.0),
        ("standard deviation of the loss", [n.deviation for n in noises], 0.5),
    ):
        law = [values[0] * (batches[0] / size) ** power for size in batches]
        axes = {"x_label": "batch size B", "y_label": name, "scale": "log-log"}
        lab.curve(f"{name} at fixed weights", batches, values, series="measured", **axes)
        lab.curve(f"{name} at fixed weights", batches, law, series=f"∝ 1/B{'' if power == 1 else '^½'}", **axes)
    if len(batches) > 1:
        slopes(lab, noises)


def noise_row(noise: Noise) -> dict[str, object]:
    return {
        "batch size": noise.batch,
        "draws": noise.draws,
        "E‖g − E g‖²": noise.variance,
        "times B, that is σ²": noise.variance * noise.batch,
        "‖E g‖²": noise.signal,
        "standard deviation of the loss": noise.deviation,
    }


def slopes(lab: Lab, noises: Sequence[Noise]) -> None:
    batches = [noise.batch for noise in noises]
    power = slope(batches, [noise.variance for noise in noises])
    lab.metric("slope of log gradient variance over log B", power)
    lab.claim("the gradient variance falls as 1/B: slope + 1", abs(power + 1), at_most=0.1)
    root = slope(batches, [noise.deviation for noise in noises])
    lab.metric("slope of log loss deviation over log B", root)
    if lab.profile != "smoke":
        lab.claim("the loss deviation falls as 1/√B: slope + ½", abs(root + 0.5), at_most=0.1)


@exercise.comparison(
    "a.speed",
    "Time and memory by batch size, a test batch after every update",
    reference="idiomatic loop",
    work=lambda batch, optimizer: Work(speed.images(batch), "images"),
    batch=(1, 8, 32, 50),
    optimizer="sgd",
)
def time_and_memory(lab: Lab, batch: int, optimizer: str) -> dict[str, speed.Call]:
    return speed.variants(lab, batch, optimizer)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
