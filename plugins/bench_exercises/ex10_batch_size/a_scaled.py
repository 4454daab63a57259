"""10a: at a learning rate in proportion to the batch size, where every batch size gets as far on as many images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from math import hypot

import torch

from bench import Lab
from bench.kit.data import mnist
from bench.kit.training import seeded

from .a_curves import rounded
from .a_jumps import Jumps, jumps, root
from .a_noise import slope, slope_error
from .a_spread import costs, some, stops
from .a_training import Settings, trained
from .figures import LABELS, window_means
from .network import initial
from .problem import Digits, Feed, History, make_optimizer, sizes
from .reference import learn

REPEATS = 5
"""Trainings between which the scatter is taken."""


def study(lab: Lab, batch: Sequence[int] | int, epochs: int, *, per_image: float, dropout: float) -> None:
    """η = ``per_image`` · B."""
    batches = sizes(batch)
    digits = Digits.load(
        lab.uses(mnist(lab.data)), lab.device, torch.float32, lab.pick(smoke=160, quick=2000, full=None)
    )
    looks = lab.pick(smoke=2, quick=4, full=4)
    histories = []
    for size in batches:
        how = Settings(optimizer="sgd", learning_rate=per_image * size, dropout=dropout)
        histories.append(trained(lab, Feed.draw(digits, size, epochs, lab.seed), how, looks))
    rows = [row(history, per_image * history.batch) for history in histories]
    lab.table("Batch sizes at one η/B", rows)
    for history, found in zip(histories, rows, strict=True):
        chart(lab, history)
        lab.metric(f"at one η/B: test cost, batch {history.batch}", found["test cost"])
        lab.metric(f"at one η/B: jump of test cost, batch {history.batch}", found["jump of test cost"])

    if len(batches) > 1:
        how = Settings(optimizer="sgd", learning_rate=per_image * batches[-1], dropout=dropout)
        between = scatter(lab, digits, batches[-1], epochs, how=how, looks=looks)
        falls_as_the_root(lab, [late(history) for history in histories], batches, between)


def falls_as_the_root(lab: Lab, found: Sequence[Jumps], batches: Sequence[int], between: float) -> None:
    """The spread of the costs is one number for all, if all have got equally far on as many images.

    Its error is that of the images it is taken over, and that ``between`` trainings.
    """
    lab.metric("at one η/B: slope of log jump over log B", slope(batches, [root(of.observed) for of in found]))
    power = slope(batches, [root(of.predicted) for of in found])
    lab.metric("at one η/B: slope of log predicted jump over log B", power)
    error = slope_error(batches, [hypot(of.predicted_only, between) for of in found])
    lab.metric("at one η/B: standard error of that slope", error)
    lab.metric("at one η/B: scatter of the predicted jump between trainings, relative", between)
    name = "at one η/B the predicted jump falls as 1/√B: |slope + ½|"
    lab.claim(name, abs(power + 0.5), at_most=4 * error, as_declared=True)


def scatter(lab: Lab, digits: Digits, batch: int, epochs: int, *, how: Settings, looks: int) -> float:
    """By how much the logarithm of a predicted jump scatters between trainings that see the digits in other orders.

    At one η/B the weights wander equally far with every batch size, so the largest, the cheapest, speaks for all.
    """
    feeds = [Feed.draw(digits, batch, epochs, 1000 * (lab.seed + 1) + repeat) for repeat in range(REPEATS)]
    spreads = torch.tensor([late_spread(lab, feed, how, looks) for feed in feeds], dtype=torch.float64)
    return float(spreads.log().std()) / 2


def late_spread(lab: Lab, feed: Feed, how: Settings, looks: int) -> float:
    """The variance of the cost of a test digit, over the looks of the second half, as ``late`` takes them."""
    net = initial(lab.seed, how.dropout).to(lab.device).to(memory_format=torch.channels_last)
    optimizer = make_optimizer(how.optimizer, net, how.learning_rate)
    looked = stops(feed, looks)
    looked, found = looked[len(looked) // 2 :], []
    x, y = some(feed.digits.test, len(feed.digits.test_y), lab.device)
    with seeded(lab.seed, lab.device):
        for step in range(looked[-1]):
            learn(net, optimizer, *feed.train(step))
            if step + 1 in looked:
                with torch.inference_mode():
                    found.append(float(costs(net.eval(), x, y).var()))
    return sum(found) / len(found)


def late(history: History) -> Jumps:
    """Of the second half: what one batch size does a little before another counts little there."""
    found = jumps(history, "test")
    half = len(found.observed) // 2
    return Jumps(**{each.name: getattr(found, each.name)[half:] for each in fields(found)})


def row(history: History, learning_rate: float) -> dict[str, float]:
    found, end = late(history), history.epochs[-1]
    return {
        "batch size": history.batch,
        "learning rate": learning_rate,
        "test cost": end.test_loss,
        "test accuracy": end.test_accuracy,
        "jump of test cost": root(found.observed),
        "times √B": root(found.observed) * history.batch**0.5,
        "predicted": root(found.predicted),
    }


def chart(lab: Lab, history: History) -> None:
    width = max(history.batch, int(history.seen[-1]) // 40)
    seen, means = window_means(history.curves.test_loss, history.seen, width)
    lab.curve(
        "at one η/B: cost of the test batches, by images seen",
        seen,
        rounded(means),
        series=f"batch {history.batch}",
        x_label="training images seen",
        y_label=f"{LABELS['loss']}, mean over some {width} images",
        kind="course",
    )
