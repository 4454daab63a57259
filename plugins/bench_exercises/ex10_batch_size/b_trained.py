"""10b: trained with and without the schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from torch import Tensor
from torch.nn import functional as F
from torch.optim.lr_scheduler import ExponentialLR

from bench import BenchError, Lab
from bench.kit.compare import largest
from bench.kit.training import History

from . import b_effect
from .b_effect import LATE, late_jump
from .b_rates import KINDS, PER_BATCH, PER_EPOCH, law, worst
from .network import initial
from .problem import make_optimizer
from .reference import Plan

TRAPPED = 6
"""Epochs of the trap: after them less than a hundredth of its learning rate is left, in quick too."""


def study(
    lab: Lab, gamma: float, optimizer: Sequence[str] | str, learning_rate: Sequence[float] | float, **training: Any
) -> None:
    """A learning rate for each of the optimizers, or one for all."""
    optimizers = (optimizer,) if isinstance(optimizer, str) else tuple(optimizer)
    rates = (learning_rate,) if isinstance(learning_rate, float | int) else tuple(learning_rate)
    if len(rates) not in (1, len(optimizers)):
        raise BenchError(f"give one learning rate, or one for each of {', '.join(optimizers)}: not {len(rates)}")
    each = dict(zip(optimizers, rates * len(optimizers) if len(rates) == 1 else rates, strict=True))
    images = lab.pick(smoke=100, quick=400, full=None)
    plan = Plan.of(lab, images, optimizer=optimizers[0], learning_rate=rates[0], **training)
    trained(lab, plan, each, gamma)


def trained(lab: Lab, plan: Plan, optimizers: Mapping[str, float], gamma: float) -> None:
    """The same training with and without the schedule, from the same weights over the same batches.

    ``optimizers`` come with their learning rates. The trap is trained with the first of them alone, and no longer than
    it takes to see that it has come to a stop.
    """
    rows = []
    for place, (optimizer, rate) in enumerate(optimizers.items()):
        kinds = KINDS if place == 0 else KINDS[:2]
        of_one = replace(plan, optimizer=optimizer, learning_rate=rate)
        runs = {kind: train(of_one, kind, gamma) for kind in kinds}
        histories = {kind: run.history for kind, run in runs.items()}
        curves(lab, optimizer, histories)
        record(lab, of_one, runs, gamma)
        b_effect.study(lab, of_one, histories, gamma)
        rows += [row(optimizer, kind, history) for kind, history in histories.items()]
    lab.table("With and without the schedule", rows)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Run:
    """A training, and the log-probabilities (N, 10) of the test set that it ended with."""

    history: History
    log_p: Tensor

    def off(self, plan: Plan) -> float:
        """How far the cost and the accuracy that were told are from those of the outputs."""
        y = plan.test.y.cpu()
        seen = float(-self.log_p.gather(1, y[:, None]).mean()), float((self.log_p.argmax(1) == y).double().mean())
        told = self.history.last.test_loss, self.history.last.test_accuracy
        return largest(abs(a - b) for a, b in zip(told, seen, strict=True))


def train(plan: Plan, kind: str, gamma: float) -> Run:
    net = plan.placed(initial(plan.lab.seed, plan.dropout))
    optimizer = make_optimizer(plan.optimizer, net, plan.learning_rate)
    schedule = partial(ExponentialLR, gamma=gamma)
    if kind == PER_BATCH:
        stepped = schedule(optimizer)
        optimizer.register_step_post_hook(lambda *_: stepped.step())
    falling = schedule if kind == PER_EPOCH else None
    epochs = min(plan.epochs, TRAPPED) if kind == PER_BATCH else plan.epochs
    name = f"{plan.optimizer}, {kind}"
    history = plan.fit(net, name, F.nll_loss, optimizer=optimizer, schedule=falling, epochs=epochs)
    return Run(history=history, log_p=plan.outputs(net))


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


def record(lab: Lab, plan: Plan, runs: Mapping[str, Run], gamma: float) -> None:
    """What is claimed of the trainings by one optimizer, and reported."""
    optimizer, histories = plan.optimizer, {kind: run.history for kind, run in runs.items()}
    rates = [epoch.rate for epoch in histories[PER_EPOCH].epochs[1:]]
    lab.claim(
        f"{optimizer}: the training used the learning rates η·γᵉ: largest relative difference",
        worst(rates, law(plan.learning_rate, gamma, len(rates))),
        at_most=1e-12,
    )
    off = largest(run.off(plan) for run in runs.values())
    lab.claim(f"{optimizer}: cost and accuracy of the last evaluation = those of the outputs", off, at_most=1e-5)
    for kind, history in histories.items():
        lab.metric(f"{optimizer}, {kind}: train cost", history.last.train_loss)
        lab.metric(f"{optimizer}, {kind}: test cost", history.last.test_loss)
        lab.metric(f"{optimizer}, {kind}: test accuracy", history.last.test_accuracy)
        if len(history.epochs) > LATE:
            lab.metric(f"{optimizer}, {kind}: jump of the train cost in the last epochs", late_jump(history))


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
