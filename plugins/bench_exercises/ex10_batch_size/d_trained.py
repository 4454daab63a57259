"""10d: one output and two, trained."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error
from bench.kit.training import argmax_right

from .checks import paired_difference, standard_error
from .d_twins import twin_optimizer
from .network import binary, merged, one_logit, one_output_right, two_class_loss
from .problem import is_zero, kind_of
from .reference import Plan

FEW = 300
"""So few updates rounding does not make strangers of twins. After 15 epochs of all digits, 28,125, it has."""
TWO, ONE, FOLDED = "two outputs", "one output", "one output at 2η"


def study(lab: Lab, **training: Any) -> None:
    trained(lab, Plan.of(lab, lab.pick(smoke=96, quick=640, full=None), **training))


def trained(lab: Lab, plan: Plan) -> None:
    """Two outputs; one output of its own initial weights; and the one output that should train as the two."""
    plan = plan.relabelled(is_zero)
    make, rate = kind_of(plan.optimizer), plan.learning_rate
    start = binary(2, lab.seed, plan.dropout)
    nets = {TWO: start, ONE: binary(1, lab.seed, plan.dropout), FOLDED: merged(start)}
    logits: dict[str, Tensor] = {}
    told: list[float] = []
    for name, net in nets.items():
        plan.placed(net)
        optimizer = twin_optimizer(net, partial(make, fused=True), rate, last=2.0 if name == FOLDED else 1.0)
        right = argmax_right if name == TWO else one_output_right
        history = plan.fit(net, name, two_class_loss, right, optimizer=optimizer)
        for split in ("train", "test"):
            losses = [getattr(epoch, f"{split}_loss") for epoch in history.epochs]
            where: dict[str, Any] = {"x_label": "epoch", "y_label": "cross-entropy", "scale": "log-y", "kind": "course"}
            lab.curve(f"one output or two: {split} cost", range(len(losses)), losses, series=name, **where)
        logits[name] = one_logit(plan.outputs(net))
        told.append(history.last.test_accuracy)
    record(lab, logits, plan.test.y.cpu(), updates=len(history.losses))
    seen = [float(((z > 0) == (plan.test.y.cpu() == 1)).double().mean()) for z in logits.values()]
    lab.claim(
        "test accuracy of the last evaluation = that of the logits: difference",
        max_error(torch.tensor(told), torch.tensor(seen)),
        at_most=1e-6,
    )


def record(lab: Lab, logits: dict[str, Tensor], y: Tensor, updates: int) -> None:
    right = {name: (z > 0) == (y == 1) for name, z in logits.items()}
    rows = []
    for name, correct in right.items():
        accuracy = float(correct.double().mean())
        apart_by, error = paired_difference(correct, right[TWO])
        rows.append(
            {"network": name, "test accuracy": accuracy, "± standard error": standard_error(accuracy, len(y))}
            | {"minus that of two outputs": apart_by, "± its standard error": error}
        )
        lab.metric(f"{name}: test accuracy", accuracy)
        lab.metric(f"{name}: standard error of the test accuracy", standard_error(accuracy, len(y)))
    lab.table("One output or two, trained", rows)
    twin, other = (max_error(logits[name], logits[TWO]) for name in (FOLDED, ONE))
    lab.metric("largest difference of a logit, two outputs and their one-output twin", twin)
    lab.metric("largest difference of a logit, two outputs and one", other)
    if updates <= FEW:
        name = "gap of the logits from two outputs, twin at 2η over one output of its own"
        lab.claim(name, twin / other, at_most=0.1)
    if lab.profile != "smoke":
        apart_by, error = paired_difference(right[ONE], right[TWO])
        lab.claim(
            "accuracy of one output and of two: distance in standard errors",
            abs(apart_by) / largest(error, 1 / len(y)),
            at_most=3,
            as_declared=True,
        )
