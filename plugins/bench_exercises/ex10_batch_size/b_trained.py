"""10b: trained with and without the schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch.nn import functional as F
from torch.optim.lr_scheduler import ExponentialLR

from bench import BenchError, Lab
from bench.kit.training import History

from .b_rates import KINDS, PER_BATCH, PER_EPOCH, law, worst
from .figures import distortion
from .network import initial
from .problem import make_optimizer
from .reference import Plan

LATE = 4
"""So many epochs at the end show how calm the training has become."""


def study(
    lab: Lab, gamma: float, optimizer: Sequence[str] | str, learning_rate: Sequence[float] | float, **training: Any
) -> None:
    """A learning rate for each of the optimizers, or one for all."""
    optimizers = (optimizer,) if isinstance(optimizer, str) else tuple(optimizer)
    rates = (learning_rate,) if isinstance(learning_rate, float | int) else tuple(learning_rate)
    if len(rates) not in (1, len(optimizers)):
        raise BenchError(f"give one learning rate, or one for each of {', '.join(optimizers)}: not {len(rates)}")
    each = dict(zip(optimizers, rates * len(optimizers) if len(rates) == 1 else rates, strict=True))
    images = lab.pick(smoke=100, quick=600, full=None)
    plan = Plan.of(lab, images, optimizer=optimizers[0], learning_rate=rates[0], **training)
    trained(lab, plan, each, gamma)


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
