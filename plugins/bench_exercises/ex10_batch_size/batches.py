"""10a: the network and its loss, and the same training with several batch sizes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from math import log

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest
from bench.kit.data import mnist

from . import charts
from .feed import Digits, Feed
from .network import FLAT, PARAMETERS, initial
from .noise import distortion
from .training import History, make_optimizer, train

EXACT = 1e-12
UNIFORM = log(10)
"""The cost of knowing nothing: every digit with probability 1/10."""


def the_loss(lab: Lab, batch: int) -> None:
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


def noisy_curves(
    lab: Lab, batch: Sequence[int] | int, *, epochs: int, optimizer: str, learning_rate: float, dropout: float
) -> None:
    batches = sizes(batch)
    images = lab.pick(smoke=160, quick=600, full=None)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32, images)
    lab.metric("training images", len(digits.train_y))
    lab.metric("epochs", epochs)
    feeds = [Feed.draw(digits, size, epochs, lab.seed) for size in batches]
    histories = [trained(lab, feed, optimizer, learning_rate, dropout) for feed in feeds]
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


def trained(lab: Lab, feed: Feed, optimizer: str, learning_rate: float, dropout: float) -> History:
    """One training from the initial weights that all batch sizes share, in float32; channels last is the faster."""
    net = initial(lab.seed, dropout).to(lab.device).to(memory_format=torch.channels_last)
    stepper = make_optimizer(optimizer, net, learning_rate)
    checkpoint, steps = lab.checkpoint(f"{optimizer}, batch {feed.batch}"), None
    if optimizer == "sgd" and lab.device.type == "cpu":
        from . import compiled  # late: others need no Numba

        steps = partial(compiled.advance, net, learning_rate)
    return train(net, feed, stepper, lab.seed, track=lab.track, checkpoint=checkpoint, steps=steps)


def compare(lab: Lab, histories: Sequence[History]) -> None:
    rows = [charts.row(history) for history in histories]
    for record in rows:
        for name in ("test accuracy", "test cost", "jump of train cost", "jump of test cost"):
            lab.metric(f"{name}, batch {record['batch size']}", record[name])
    seen = {int(history.seen[-1]) for history in histories}
    lab.claim("every batch size saw the same number of images", len(seen), equals=1)
    if len(rows) > 1:
        jumps = [record["jump of train cost"] for record in rows]
        lab.claim(
            "jump of the train cost, largest over smallest batch size",
            jumps[-1] / jumps[0],
            at_most=1,
            as_declared=True,
        )
        growth = largest(after / before for before, after in pairwise(jumps))
        lab.metric("jump of the train cost, largest ratio from one batch size to the next", growth)
    if lab.profile != "smoke":
        trained_long_enough(lab, histories, [record["jump of train cost"] for record in rows])
    if len(histories[0].epochs) > 3:
        calmer_as_a_whole(lab, histories[0])


def trained_long_enough(lab: Lab, histories: Sequence[History], jumps: Sequence[float]) -> None:
    """Claims that the few iterations of a smoke run are too short for."""
    costs = [history.epochs[-1].test_loss for history in histories]
    lab.claim("highest final test cost, below ln 10", largest(costs), at_most=UNIFORM, as_declared=True)
    for small, large in pairwise(range(len(jumps))):
        name = f"jump of the train cost, batch {histories[large].batch} over batch {histories[small].batch}"
        lab.claim(name, jumps[large] / jumps[small], at_most=1, as_declared=True)


def calmer_as_a_whole(lab: Lab, history: History) -> None:
    """The whole test set has hardly any noise of measurement: what is left of its jumps is the weights' wandering."""
    whole = distortion(torch.tensor([epoch.test_loss for epoch in history.epochs[1:]]))
    ratio = whole / distortion(history.curves.test_loss)
    name = "jump of the test cost at the smallest batch size, whole set over single batch"
    lab.claim(name, ratio, at_most=1, as_declared=True)
