"""10c: the same network trained with each loss, compared by accuracy and calibration, never by the loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, smallest

from .c_calibration import Quality, quality, reliability
from .c_losses import (
    CLASSES,
    KINDS,
    YARDSTICK,
    Loss,
    gaussian_of_probabilities,
    gaussian_optimum,
    one_hot_as_classes,
)
from .checks import paired_difference, standard_error
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
    if lab.profile != "smoke":
        as_good(lab, right)


def as_good(lab: Lab, right: Mapping[str, Tensor]) -> None:
    """Cross-entropy's twin and its relative are as accurate as it is, digit by digit."""
    apart = (paired_difference(right[name], right[YARDSTICK]) for name in ("MultiLabelSoftMargin", "PoissonNLL"))
    worst = largest(abs(difference) / largest(error, 1 / len(right[YARDSTICK])) for difference, error in apart)
    name = "accuracy of MultiLabelSoftMargin and PoissonNLL, distance from that of NLL: largest, in standard errors"
    lab.claim(name, worst, at_most=3, as_declared=True)


def outputs(lab: Lab, plan: Plan, name: str, loss: Loss, *, epochs: int = 0) -> Tensor:
    net = plan.placed(initial(lab.seed, plan.dropout))
    history = plan.fit(net, name, loss, epochs=epochs)
    if not epochs:
        lab.metric(f"{name}: train accuracy", history.last.train_accuracy)
        lab.metric(f"{name}: its own cost of the training digits", history.last.train_loss)
        accuracies = [epoch.test_accuracy for epoch in history.epochs]
        where: dict[str, Any] = {"x_label": "epoch", "y_label": "accuracy on the test set", "kind": "course"}
        lab.curve(among("test accuracy by loss", name), range(len(accuracies)), accuracies, series=name, **where)
    log_p = plan.outputs(net)
    seen = float((log_p.argmax(1) == plan.test.y.cpu()).double().mean())
    told = abs(history.last.test_accuracy - seen)
    lab.claim(f"{name}: test accuracy of the last evaluation = that of the outputs", told, at_most=1e-6)
    return log_p


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
    low = (answers < 2).double().mean()
    lab.metric("trap: test accuracy after training with one-hot rows", (answers == y).double().mean())
    lab.metric("trap: share of test digits called 0 or 1", low)
    if lab.profile == "smoke":
        return
    claim = partial(lab.claim, as_declared=True)
    results = {name: quality(log_p.exp(), y) for name, log_p in found.items()}
    lowest = smallest(result.accuracy for result in results.values())
    claim("lowest test accuracy of the losses (chance: 0.1)", lowest, at_least=0.8)
    twins = unlike(found["MultiMargin"], found["MultiLabelMargin"])
    # A stranger is as good, and errs elsewhere: it is the yardstick of how much two trainings may differ.
    strangers = unlike(found["MultiMargin"], found[YARDSTICK])
    name = "other answers: MultiMargin and MultiLabelMargin, over MultiMargin and NLL"
    claim(name, twins / largest(strangers, 1 / len(y)), at_most=0.5)
    gaussian_is_unsure(claim, results)
    claim("trap: trained with one-hot rows, share of test digits called 0 or 1", low, at_least=0.95)


def unlike(ours: Tensor, theirs: Tensor) -> float:
    """The share of test digits that two networks answer otherwise."""
    return float((ours.argmax(1) != theirs.argmax(1)).double().mean())


def gaussian_is_unsure(claim: Callable[..., bool], results: Mapping[str, Quality]) -> None:
    """As the optimum says: the truth has probability 0.127 there, 0.1 where nothing is known."""
    optimum, gaussian = gaussian_optimum(), results[GAUSSIAN]
    far = abs(gaussian.p_true - optimum)
    # What knows nothing gives every class a tenth, and is as far from it.
    claim(
        "GaussianNLL of log-probabilities: mean probability of the truth, distance from the optimum",
        far,
        at_most=optimum - 1 / CLASSES,
    )
    expected = gaussian.accuracy - optimum
    claim(
        "GaussianNLL: calibration error, distance from accuracy minus the optimum",
        abs(gaussian.error - expected),
        at_most=0.03,
    )
    ratio = results[GAUSSIAN].error / results[YARDSTICK].error
    claim("calibration error, GaussianNLL of log-probabilities over NLL", ratio, at_least=3)
    mended = results[GAUSSIAN].error / results[MENDED].error
    claim("calibration error, GaussianNLL, of log-probabilities over of probabilities", mended, at_least=3)
