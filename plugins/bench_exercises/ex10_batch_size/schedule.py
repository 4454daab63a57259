"""10b: the learning rate times γ after every epoch."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import torch
from torch.nn import functional as F
from torch.optim.lr_scheduler import ExponentialLR

from bench import Lab
from bench.kit.compare import largest
from bench.kit.training import History

from .network import initial
from .noise import distortion
from .training import RATES, make_optimizer
from .trainings import Plan

EPOCHS = 15
STEPS_PER_EPOCH = 1200
"""The sheet's: 60,000 digits in batches of 50."""
KINDS = CONSTANT, PER_EPOCH, PER_BATCH = "constant", "falls per epoch", "falls per batch (trap)"
SMALLEST = sys.float_info.min
LATE = 4
"""So many epochs at the end show how calm the training has become."""


def used_rates(rate: float, gamma: float, count: int) -> list[float]:
    """The learning rates that PyTorch's own scheduler lets ``count`` successive intervals use."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler, used = ExponentialLR(optimizer, gamma), []
    for _ in range(count):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return used


def law(rate: float, gamma: float, count: int) -> list[float]:
    """η γᵉ for e = 0, 1, …"""
    return [rate * gamma**e for e in range(count)]


def worst(found: Iterable[float], expected: Iterable[float]) -> float:
    """The largest relative difference; what is too small for all digits of a float counts as ``SMALLEST``."""
    return largest(abs(a - b) / max(b, SMALLEST) for a, b in zip(found, expected, strict=True))


def learning_rates(lab: Lab, gamma: float) -> None:
    """What the scheduler does in the sheet's 15 epochs, without any training."""
    if not 0 < gamma < 1:
        raise ValueError(f"a learning rate falls by a factor between 0 and 1, not by {gamma}")
    rate = RATES["sgd"]
    used = used_rates(rate, gamma, EPOCHS + 1)
    expected = law(rate, gamma, EPOCHS + 1)
    lab.claim("learning rate of epoch e = η·γᵉ: largest relative difference", worst(used, expected), at_most=1e-12)
    falls = largest(after / before for before, after in pairwise(used))
    lab.claim("every learning rate is below the one before: largest ratio", falls, at_most=1 - 1e-9)
    lab.metric("learning rate of the 15th and last epoch, over the first", used[EPOCHS - 1] / rate)
    lab.metric("learning rate that a 16th epoch would use, over the first", used[EPOCHS] / rate)
    lab.metric("sum of the 15 learning rates, in first ones", sum(used[:EPOCHS]) / rate)
    too_often(lab, rate, gamma)
    axes: dict[str, Any] = {"x_label": "epoch", "y_label": "learning rate over the first", "kind": "course"}
    for name, factor in ((CONSTANT, 1.0), (PER_EPOCH, gamma)):
        lab.curve("learning rate", range(1, EPOCHS + 1), law(1.0, factor, EPOCHS), series=name, scale="log-y", **axes)


def too_often(lab: Lab, rate: float, gamma: float) -> None:
    """The trap: ``scheduler.step()`` inside the loop over batches."""
    used = used_rates(rate, gamma, STEPS_PER_EPOCH + 1)
    lab.claim(
        "trap: stepped per batch, learning rate after one epoch = η·γ^1200: relative difference",
        worst([used[-1]], [rate * gamma**STEPS_PER_EPOCH]),
        at_most=1e-9,
    )
    lab.metric("trap: stepped per batch, learning rate after one epoch over the first", used[-1] / rate)
    lab.claim(
        "trap: stepped per batch, all learning rates together, in first ones",
        sum(used) / rate,
        at_most=1 / (1 - gamma) + 1e-9,
    )


def trained(lab: Lab, plan: Plan, optimizers: Mapping[str, float], gamma: float) -> None:
    """The same training with and without the schedule, from the same weights over the same batches.

    ``optimizers`` come with their learning rates. The trap is trained with the first of them alone.
    """
    rows = []
    for place, (optimizer, rate) in enumerate(optimizers.items()):
        kinds = KINDS if place == 0 else KINDS[:2]
        of_one = replace(plan, optimizer=optimizer, learning_rate=rate)
        histories = {kind: train(of_one, kind, gamma) for kind in kinds}
        curves(lab, optimizer, histories)
        record(lab, optimizer, histories, gamma)
        rows += [row(optimizer, kind, history) for kind, history in histories.items()]
    lab.table("With and without the schedule", rows)


def train(plan: Plan, kind: str, gamma: float) -> History:
    net = plan.placed(initial(plan.lab.seed, plan.dropout))
    optimizer = make_optimizer(plan.optimizer, net, plan.learning_rate)
    schedule = partial(ExponentialLR, gamma=gamma)
    if kind == PER_BATCH:
        stepped = schedule(optimizer)
        optimizer.register_step_post_hook(lambda *_: stepped.step())
    return plan.fit(
        net,
        f"{plan.optimizer}, {kind}",
        F.nll_loss,
        optimizer=optimizer,
        schedule=schedule if kind == PER_EPOCH else None,
    )


def curves(lab: Lab, optimizer: str, histories: Mapping[str, History]) -> None:
    for kind, history in histories.items():
        epochs = history.epochs
        numbers = [epoch.number for epoch in epochs]
        where: dict[str, Any] = {"series": kind, "x_label": "epoch", "kind": "course"}
        for split in ("train", "test"):
            costs = [getattr(epoch, f"{split}_loss") for epoch in epochs]
            errors = [1 - getattr(epoch, f"{split}_accuracy") for epoch in epochs]
            of, name = f"{optimizer}: {split}", "with and without schedule"
            lab.curve(f"{of} cost {name}", numbers, costs, y_label="cost (NLL)", scale="log-y", **where)
            lab.curve(f"{of} error {name}", numbers, errors, y_label="error rate", **where)


def record(lab: Lab, optimizer: str, histories: Mapping[str, History], gamma: float) -> None:
    scheduled = histories[PER_EPOCH].epochs[1:]
    rates = [epoch.rate for epoch in scheduled]
    lab.claim(
        f"{optimizer}: the training used the learning rates η·γᵉ: largest relative difference",
        worst(rates, law(rates[0], gamma, len(rates))),
        at_most=1e-12,
    )
    for kind, history in histories.items():
        lab.metric(f"{optimizer}, {kind}: train cost", history.last.train_loss)
        lab.metric(f"{optimizer}, {kind}: test cost", history.last.test_loss)
        lab.metric(f"{optimizer}, {kind}: test accuracy", history.last.test_accuracy)
        if len(history.epochs) > LATE:
            lab.metric(f"{optimizer}, {kind}: jump of the train cost in the last epochs", late_jump(history))
    if lab.profile != "smoke" and PER_BATCH in histories:
        ratio = histories[PER_BATCH].last.train_loss / histories[PER_EPOCH].last.train_loss
        lab.claim(
            f"trap, {optimizer}: final train cost, stepped per batch over per epoch",
            ratio,
            at_least=1,
            as_declared=True,
        )


def late_jump(history: History) -> float:
    """How far the train cost still jumps from epoch to epoch, towards the end."""
    return distortion(torch.tensor([epoch.train_loss for epoch in history.epochs[-LATE:]]))


def row(optimizer: str, kind: str, history: History) -> dict[str, Any]:
    last = history.last
    return {
        "optimizer": optimizer,
        "learning rate": kind,
        "in the last epoch": last.rate,
        "train cost": last.train_loss,
        "train accuracy": last.train_accuracy,
        "test cost": last.test_loss,
        "test accuracy": last.test_accuracy,
    }
