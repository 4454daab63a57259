"""10a, beside SGD: Adam, which divides the noise by its size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch.nn import functional as F

from bench import Lab
from bench.kit.data import mnist
from bench.kit.training import seeded

from .a_curves import row
from .a_noise import slope, squared_norm
from .a_training import Settings, trained
from .network import initial
from .problem import RATES, Digits, Feed, History, make_optimizer, sizes

OPTIMIZERS = ("sgd", "adam")
COLUMNS = ("batch size", "updates", "test cost", "test accuracy", "jump of train cost", "jump of test cost")


def study(lab: Lab, batch: Sequence[int] | int, epochs: int, dropout: float) -> None:
    """The same trainings with both, and how far a step of either moves the weights."""
    # A smoke run leaves the smallest out, which takes the longest.
    batches = sizes(batch)[1 if lab.profile == "smoke" else 0 :] or sizes(batch)
    images = lab.pick(smoke=150, quick=400, full=None)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32, images)
    steps(lab, digits, batches, dropout)
    of_a_small_loss(lab, digits, batches[-1])
    rows = []
    # The two ends show it; what lies between costs as much again.
    for size in batches if lab.profile == "full" else sorted({batches[0], batches[-1]}):
        feed = Feed.draw(digits, size, epochs, lab.seed)
        for optimizer in OPTIMIZERS:
            history = trained(
                lab, feed, Settings(optimizer=optimizer, learning_rate=RATES[optimizer], dropout=dropout), looks=2
            )
            chart(lab, history, optimizer)
            found = row(history)
            rows.append({"optimizer": optimizer} | {column: found[column] for column in COLUMNS})
            lab.metric(f"test accuracy with {optimizer}, batch {size}", history.epochs[-1].test_accuracy)
            lab.metric(f"jump of train cost with {optimizer}, batch {size}", rows[-1]["jump of train cost"])
    lab.table("SGD and Adam", rows)


def chart(lab: Lab, history: History, optimizer: str) -> None:
    """The test cost after every epoch, one line a batch size and one chart an optimizer."""
    where: dict[str, Any] = {"series": f"batch {history.batch}", "x_label": "epoch", "kind": "course"}
    costs = [epoch.test_loss for epoch in history.epochs]
    lab.curve(f"{optimizer}: test cost", range(len(costs)), costs, y_label="cost (NLL)", scale="log-y", **where)


def steps(lab: Lab, digits: Digits, batches: Sequence[int], dropout: float) -> None:
    """The mean length of the first steps: how much of a batch's noise reaches the weights."""
    count = lab.pick(smoke=4, quick=10, full=100)
    lengths = {
        name: [step_length(lab, digits, optimizer=name, batch=size, count=count, dropout=dropout) for size in batches]
        for name in OPTIMIZERS
    }
    for name, found in lengths.items():
        axes: dict[str, Any] = {"x_label": "batch size B", "y_label": "mean ‖θ' - θ‖ over the first steps"}
        lab.curve("length of a step", batches, found, series=name, scale="log-log", kind="law", **axes)
    if len(batches) > 1:
        sgd, adam = (slope(batches, lengths[name]) for name in OPTIMIZERS)
        lab.metric("slope of log step length over log B, SGD", sgd)
        lab.metric("slope of log step length over log B, Adam", adam)
        lab.claim(
            "steps of SGD shrink with the batch size, those of Adam less: slope, SGD minus Adam",
            sgd - adam,
            # Of pure noise the slopes are -1/2 and 0: half of their difference must be left of it.
            at_most=-0.25,
            as_declared=True,
        )


SMALL = 0.01
"""Times the loss: so much smaller are all gradients where a network has learnt its digits."""


def of_a_small_loss(lab: Lab, digits: Digits, batch: int) -> None:
    """Gradients of a hundredth: SGD's steps are a hundredth as long, Adam's as long as before."""
    how: dict[str, Any] = {"batch": batch, "count": 1, "dropout": 0.0}
    for name, power, allowed in (("SGD", 1, 1e-3), ("Adam", 0, 0.05)):
        long, short = (step_length(lab, digits, optimizer=name.lower(), times=of, **how) for of in (1.0, SMALL))
        lab.claim(
            f"a hundredth of the loss, first step with {name}: length over the expected, minus 1",
            abs(short / long / SMALL**power - 1),
            at_most=allowed,
        )


def step_length(
    lab: Lab, digits: Digits, *, optimizer: str, batch: int, count: int, dropout: float, times: float = 1.0
) -> float:
    """Mean ‖θ' - θ‖ over the first ``count`` steps, the loss taken ``times`` a number."""
    net = initial(lab.seed, dropout).to(lab.device)
    stepper = make_optimizer(optimizer, net)
    stream, lengths = lab.generator(), []
    net.train()
    with seeded(lab.seed, lab.device):
        for _ in range(count):
            chosen = torch.randint(len(digits.train_y), (batch,), generator=stream).to(lab.device)
            before = [p.detach().clone() for p in net.parameters()]
            stepper.zero_grad()
            (times * F.nll_loss(net(digits.numbers(digits.train_x[chosen])), digits.train_y[chosen])).backward()
            stepper.step()
            lengths.append(squared_norm([p.detach() - b for p, b in zip(net.parameters(), before, strict=True)]).sqrt())
    return float(torch.stack(lengths).mean())
