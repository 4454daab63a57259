"""10c: the same network trained with each loss, compared by accuracy and calibration, never by the loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import smallest

from .c_calibration import quality, reliability
from .c_losses import KINDS, YARDSTICK, Loss, gaussian_of_probabilities, one_hot_as_classes
from .checks import apart, descend, few_digits, paired_difference, standard_error
from .network import initial
from .reference import Plan

MENDED, TRAP = "GaussianNLL of probabilities", "MultiLabelMargin, one-hot (trap)"
GAUSSIAN = "GaussianNLL"
TWINS = ("PoissonNLL", "MultiLabelMargin", MENDED)
"""A tenth of the cross-entropy and one; MultiMargin of one class; and the Gaussian of probabilities."""


def contenders() -> dict[str, Loss]:
    return {name: kind.loss for name, kind in KINDS.items()} | {MENDED: gaussian_of_probabilities}


def study(lab: Lab, **training: Any) -> None:
    trained(lab, Plan.of(lab, lab.pick(smoke=96, quick=640, full=None), **training))


def trained(lab: Lab, plan: Plan) -> None:
    """Log-probabilities (N, 10) on the test set, for each loss, from the same weights over the same batches."""
    found = {name: outputs(lab, plan, name, loss) for name, loss in contenders().items()}
    y = plan.test.y.cpu()
    right = {name: log_p.argmax(1) == y for name, log_p in found.items()}
    lab.table("Losses compared on the test set", [row(name, found[name], y, right) for name in found])
    chart(lab, found, y)
    for name, log_p in found.items():
        result = quality(log_p.exp(), y)
        lab.metric(f"{name}: test accuracy", result.accuracy)
        lab.metric(f"{name}: calibration error", result.error)
        lab.metric(f"{name}: mean probability of the true class", result.p_true)
    lab.metric(
        "standard error of the yardstick's accuracy", standard_error(float(right[YARDSTICK].double().mean()), len(y))
    )
    trapped = outputs(lab, plan, TRAP, one_hot_as_classes, epochs=1)
    compare(lab, found, y, trapped)


def outputs(lab: Lab, plan: Plan, name: str, loss: Loss, *, epochs: int = 0) -> Tensor:
    net = plan.placed(initial(lab.seed, plan.dropout))
    history = plan.fit(net, name, loss, epochs=epochs)
    if not epochs:
        accuracies = [epoch.test_accuracy for epoch in history.epochs]
        where: dict[str, Any] = {"x_label": "epoch", "y_label": "accuracy on the test set", "kind": "course"}
        lab.curve(among("test accuracy by loss", name), range(len(accuracies)), accuracies, series=name, **where)
    return plan.outputs(net)


def row(name: str, log_p: Tensor, y: Tensor, right: Mapping[str, Tensor]) -> dict[str, Any]:
    result = quality(log_p.exp(), y)
    difference, error = paired_difference(right[name], right[YARDSTICK])
    return {
        "trained with": name,
        "accuracy": result.accuracy,
        "± standard error": standard_error(result.accuracy, len(y)),
        f"minus that of {YARDSTICK}": difference,
        "± its standard error": error,
        "calibration error": result.error,
        "mean p of the truth": result.p_true,
        "Brier score": result.brier,
    }


def chart(lab: Lab, found: Mapping[str, Tensor], y: Tensor) -> None:
    """A network that knows how sure it may be lies on zero; above it is right more often than it is sure."""
    axes: dict[str, Any] = {"x_label": "confidence", "y_label": "accuracy minus confidence", "kind": "course"}
    for name, log_p in found.items():
        bins = reliability(log_p.exp(), y)
        gaps = [b.accuracy - b.confidence for b in bins]
        lab.curve(among("accuracy minus confidence", name), [b.confidence for b in bins], gaps, series=name, **axes)


def among(chart: str, name: str) -> str:
    """The chart of a loss: those that are another loss again, or one mended, have a chart beside."""
    return f"{chart}, twins and mended" if name in TWINS else chart


def compare(lab: Lab, found: Mapping[str, Tensor], y: Tensor, trapped: Tensor) -> None:
    """Claims that the few steps of a smoke run are too short for."""
    answers = trapped.argmax(1)
    lab.metric("trap: test accuracy after training with one-hot rows", (answers == y).double().mean())
    lab.metric("trap: share of test digits called 0 or 1", (answers < 2).double().mean())
    if lab.profile == "smoke":
        return
    same = (found["MultiMargin"].argmax(1) == found["MultiLabelMargin"].argmax(1)).double().mean()
    name = "trained with MultiMargin and MultiLabelMargin: share of answers that are the same"
    lab.claim(name, same, at_least=0.9, as_declared=True)
    results = {name: quality(log_p.exp(), y) for name, log_p in found.items()}
    lowest = smallest(result.accuracy for result in results.values())
    lab.claim("lowest test accuracy of the losses (chance: 0.1)", lowest, at_least=0.5, as_declared=True)
    p_true = results[GAUSSIAN].p_true
    lab.claim("GaussianNLL of log-probabilities: mean probability of the truth", p_true, at_most=0.2, as_declared=True)
    ratio = results[GAUSSIAN].error / results[YARDSTICK].error
    lab.claim("calibration error, GaussianNLL of log-probabilities over NLL", ratio, at_least=3, as_declared=True)
    lab.claim(
        "calibration error, GaussianNLL, of log-probabilities over of probabilities",
        results[GAUSSIAN].error / results[MENDED].error,
        at_least=3,
        as_declared=True,
    )
    lab.claim(
        "trap: trained with one-hot rows, share of test digits called 0 or 1",
        (answers < 2).double().mean(),
        at_least=0.95,
        as_declared=True,
    )


def poisson_is_nll(lab: Lab, rate: float = 0.01, steps: int = 5) -> None:
    """SGD with PoissonNLL at ten times the learning rate takes the steps of NLL, dropout and all."""
    x, y = few_digits(lab)
    nets = []
    for name, factor in (("NLL", 1), ("PoissonNLL", 10)):
        net = initial(lab.seed).to(lab.device, lab.dtype)
        descend(
            net,
            torch.optim.SGD(net.parameters(), lr=factor * rate),
            KINDS[name].loss,
            x=x,
            y=y,
            steps=steps,
            seed=lab.seed,
        )
        nets.append(net)
    start = initial(lab.seed).to(lab.device, lab.dtype)
    lab.claim("PoissonNLL at 10η trains as NLL at η: largest difference of a weight", apart(*nets), at_most=1e-12)
    lab.claim("meanwhile a weight has moved as far as", apart(nets[0], start), at_least=1e-4)
