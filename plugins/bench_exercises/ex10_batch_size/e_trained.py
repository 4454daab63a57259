"""10e: one digit in ten is a zero: a network that tells them, with and without a weight on them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import log
from typing import TYPE_CHECKING, Any

from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, smallest
from bench.kit.training import Epoch, History

from .checks import paired_difference
from .e_measures import by_hand, never
from .e_metrics import Confusion, precision_recall
from .e_weight import weighted_loss
from .figures import matrices
from .network import binary, one_output_right
from .problem import is_zero
from .reference import Plan

if TYPE_CHECKING:
    pass


PLAIN, WEIGHTED, BACK = "no weight", "zeros weighted", "zeros weighted, threshold moved back"


def study(lab: Lab, **training: Any) -> None:
    trained(lab, Plan.of(lab, lab.pick(smoke=96, quick=640, full=None), **training))


def trained(lab: Lab, plan: Plan) -> None:
    """The same network with and without a weight on its zeros."""
    plan = plan.relabelled(is_zero)
    positives = int(plan.train.y.sum())
    weight = (len(plan.train) - positives) / positives
    lab.metric("negatives/positives in the training set", weight)
    logits = {name: logits_of(lab, plan, name, w) for name, w in ((PLAIN, 1.0), (WEIGHTED, weight))}
    logits[BACK] = logits[WEIGHTED] - log(weight)
    truth = plan.test.y.cpu() == 1
    found = {name: by_hand(z, truth) for name, z in logits.items()}
    lab.table("With and without the weight", side_by_side(found, never(truth)))
    confusions = {name: Confusion.of(z > 0, truth) for name, z in logits.items()}
    lab.figure("confusion matrices", matrices(confusions), CAPTION)
    trade_offs(lab, {name: logits[name] for name in (PLAIN, WEIGHTED)}, truth)
    compare(lab, found)
    otherwise = ((logits[BACK] > 0) != (logits[PLAIN] > 0)).double().mean()
    lab.metric("threshold moved back: share of test digits told otherwise than without a weight", otherwise)
    if lab.profile != "smoke":
        learnt(lab, found, logits, truth)


MEASURES = {
    "accuracy": ("accuracy", "(TP + TN) / N"),
    "precision": ("precision P", "TP / (TP + FP): of those called zero, how many are"),
    "recall": ("recall R", "TP / (TP + FN): of the zeros, how many were found"),
    "specificity": ("specificity S", "TN / (TN + FP): the recall of the others"),
    "f1": ("F₁", "2PR / (P + R)"),
    "balanced_accuracy": ("balanced accuracy", "(R + S) / 2"),
    "g_mean": ("G-mean", "√(R S)"),
    "mcc": ("MCC", "correlation of what a digit is and what it is called"),
    "kappa": ("Cohen's κ", "accuracy beyond chance, over the most there could be"),
    "PR-AUC": ("PR-AUC", "precision averaged over all thresholds, by recall"),
    "ROC-AUC": ("ROC-AUC", "chance that a zero scores above another digit"),
}
"""What a measure is called, and what it is."""


def side_by_side(found: dict[str, dict[str, float]], no: dict[str, float]) -> list[dict[str, Any]]:
    """A row a measure: what it is, what the constant answer gets, and what each network."""
    return [
        {"measure": MEASURES[m][0], "definition": MEASURES[m][1], 'always "no"': no[m]}
        | {name: values[m] for name, values in found.items()}
        for m in no
    ]


CAPTION = (
    "Rows: what the digit is. Columns: what it is called. The shares are those of a row: on the diagonal, the recalls "
    "of the two classes."
)


def logits_of(lab: Lab, plan: Plan, name: str, weight: float) -> Tensor:
    net = plan.placed(binary(1, lab.seed, plan.dropout))
    zeros = plan.test.take(plan.test.y.nonzero()[:, 0])
    # The accuracy on the zeros alone is the recall; with that on all it gives each epoch's confusion matrix.
    history = plan.fit(net, name, partial(weighted_loss, weight=weight), one_output_right, validation=zeros)
    by_epoch(lab, name, history, positives=len(zeros), total=len(plan.test))
    z = plan.outputs(net)[:, 0]
    as_told(lab, name, history.last, Confusion.of(z > 0, plan.test.y.cpu() == 1))
    return z


def as_told(lab: Lab, name: str, last: Epoch, found: Confusion) -> None:
    """The numbers by epoch and those of the table are told by two ways: from shares, and from logits."""
    assert last.validation_accuracy is not None
    told, seen = (last.test_accuracy, last.validation_accuracy), (found.accuracy, found.recall)
    worst = largest(abs(a - b) for a, b in zip(told, seen, strict=True))
    lab.claim(f"{name}: accuracy and recall of the last evaluation = those of the logits", worst, at_most=1e-6)


def compare(lab: Lab, found: dict[str, dict[str, float]]) -> None:
    for name, values in found.items():
        for measure in ("accuracy", "precision", "recall", "f1", "mcc", "balanced_accuracy", "PR-AUC"):
            lab.metric(f"{name}: {measure}", values[measure])


def learnt(lab: Lab, found: Mapping[str, Mapping[str, float]], logits: Mapping[str, Tensor], truth: Tensor) -> None:
    """Claims that the few steps of a smoke run are too short for."""
    claim = partial(lab.claim, as_declared=True)
    plain = found[PLAIN]
    claim("no weight: the lower of precision and recall", smallest(plain["precision"], plain["recall"]), at_least=0.8)
    claim("no weight: PR-AUC (by chance: the share of zeros)", plain["PR-AUC"], at_least=0.9)
    if lab.profile == "full":  # where every training digit is fitted there are no best logits for a weight to raise
        return
    rise = float((logits[WEIGHTED] - logits[PLAIN]).median()) / float((logits[WEIGHTED] - logits[BACK]).mean())
    claim("median logit, with the weight minus without, over ln w (without an effect: 0)", rise, at_least=1 / 3)
    claim("median logit, with the weight minus without, over ln w (of w²: 2)", rise, at_most=3)
    gained, error = paired_difference((logits[WEIGHTED] > 0)[truth], (logits[PLAIN] > 0)[truth])
    claim(
        "recall, with the weight minus without, in standard errors",
        gained / largest(error, 1 / int(truth.sum())),
        at_least=-2,
    )


def trade_offs(lab: Lab, logits: Mapping[str, Tensor], truth: Tensor) -> None:
    """Precision over recall as the threshold falls, and where the threshold 0 lies on it."""
    axes: dict[str, Any] = {"x_label": "recall of the zeros", "y_label": "precision"}
    for name, z in logits.items():
        precision, recall = precision_recall(z, truth)
        # Beyond full recall precision only falls; the corners are where a positive was found.
        corners = recall.diff(prepend=recall.new_zeros(1)) > 0
        lab.curve("precision over recall", recall[corners], precision[corners], series=name, **axes)
    share = float(truth.double().mean())
    lab.curve("precision over recall", (0, 1), (share, share), series="an answer by chance", **axes)


def by_epoch(lab: Lab, name: str, history: History, *, positives: int, total: int) -> None:
    """Every epoch's confusion matrix, from its accuracy on the test set and on the zeros in it."""
    confusions = [
        Confusion.from_shares(epoch.test_accuracy, epoch.validation_accuracy, positives, total)
        for epoch in history.epochs
        if epoch.validation_accuracy is not None
    ]
    for measure, label in (("accuracy", "accuracy"), ("recall", "recall"), ("precision", "precision"), ("mcc", "MCC")):
        values = [getattr(confusion, measure) for confusion in confusions]
        where: dict[str, Any] = {"series": name, "x_label": "epoch", "y_label": label, "kind": "course"}
        lab.curve(f"{label} by epoch, with and without the weight", range(len(values)), values, **where)
