"""10d: one output and two, trained."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest
from bench.kit.training import argmax_right

from .checks import paired_difference, standard_error
from .d_one_or_two import gap, twin_optimizer
from .network import binary, merged, one_output_loss, one_output_right
from .problem import is_zero, kind_of
from .reference import Plan

TWO, ONE, FOLDED = "two outputs", "one output", "one output at 2η"


def study(lab: Lab, **training: Any) -> None:
    trained(lab, Plan.of(lab, lab.pick(smoke=96, quick=800, full=None), **training))


def trained(lab: Lab, plan: Plan) -> None:
    """Two outputs; one output of its own initial weights; and the one output that should train as the two."""
    plan = plan.relabelled(is_zero)
    make, rate = kind_of(plan.optimizer), plan.learning_rate
    start = binary(2, lab.seed, plan.dropout)
    nets = {TWO: start, ONE: binary(1, lab.seed, plan.dropout), FOLDED: merged(start)}
    logits: dict[str, Tensor] = {}
    for name, net in nets.items():
        plan.placed(net)
        optimizer = twin_optimizer(net, partial(make, fused=True), rate, last=2.0 if name == FOLDED else 1.0)
        loss, right = (one_output_loss, one_output_right) if name != TWO else (F.cross_entropy, argmax_right)
        history = plan.fit(net, name, loss, right, optimizer=optimizer)
        for split in ("train", "test"):
            losses = [getattr(epoch, f"{split}_loss") for epoch in history.epochs]
            where: dict[str, Any] = {"x_label": "epoch", "y_label": "cross-entropy", "scale": "log-y", "kind": "course"}
            lab.curve(f"one output or two: {split} cost", range(len(losses)), losses, series=name, **where)
        z = plan.outputs(net)
        logits[name] = z[:, 1] - z[:, 0] if name == TWO else z[:, 0]
    record(lab, logits, plan.test.y.cpu())


def record(lab: Lab, logits: dict[str, Tensor], y: Tensor) -> None:
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
    lab.metric("largest difference of a logit, two outputs and their one-output twin", gap(logits[FOLDED], logits[TWO]))
    lab.metric("largest difference of a logit, two outputs and one", gap(logits[ONE], logits[TWO]))
    lab.claim(
        "two outputs and their one-output twin: share of test digits told apart otherwise",
        (right[TWO] != right[FOLDED]).double().mean(),
        at_most=0.01,
        as_declared=True,
    )
    if lab.profile != "smoke":
        apart_by, error = paired_difference(right[ONE], right[TWO])
        lab.claim(
            "accuracy of one output and of two: distance in standard errors",
            abs(apart_by) / largest(error, 1 / len(y)),
            at_most=3,
            as_declared=True,
        )
