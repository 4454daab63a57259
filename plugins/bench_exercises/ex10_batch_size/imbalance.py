"""10e: one digit in ten is a zero. Which numbers show what a network makes of it, and what a weight changes."""

from __future__ import annotations

from functools import partial
from math import log
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, smallest
from bench.kit.data import mnist

from . import pictures
from .metrics import FROM_DECISIONS, Confusion, average_precision, roc_auc
from .network import binary
from .outputs import is_zero, one_output_right
from .trainings import Plan

EXACT = 1e-12


def scored(lab: Lab, count: int = 2000, share: float = 0.1) -> tuple[Tensor, Tensor]:
    """Scores (N,) with ties, of a classifier that is right more often than not, and the truth, bool (N,)."""
    stream = lab.generator()
    truth = torch.rand(count, generator=stream) < share
    scores = torch.randn(count, generator=stream) + 1.5 * truth - 1
    return (scores * 8).round().double() / 8, truth


def by_scikit_learn(scores: Tensor, truth: Tensor) -> dict[str, float]:
    """The same numbers, as everyone uses them."""
    from sklearn import metrics as sk

    y, called, s = truth.numpy(), (scores > 0).numpy(), scores.numpy()
    recall, specificity = sk.recall_score(y, called), sk.recall_score(y, called, pos_label=False)
    return {
        "accuracy": sk.accuracy_score(y, called),
        "precision": sk.precision_score(y, called, zero_division=0),
        "recall": recall,
        "specificity": specificity,
        "f1": sk.f1_score(y, called, zero_division=0),
        "balanced_accuracy": sk.balanced_accuracy_score(y, called),
        "g_mean": (recall * specificity) ** 0.5,
        "mcc": sk.matthews_corrcoef(y, called),
        "kappa": sk.cohen_kappa_score(y, called),
        "PR-AUC": sk.average_precision_score(y, s),
        "ROC-AUC": sk.roc_auc_score(y, s),
    }


def by_hand(scores: Tensor, truth: Tensor) -> dict[str, float]:
    """All numbers of logits (N,) against the truth, bool (N,); positive is a logit above 0."""
    confusion = Confusion.of(scores > 0, truth)
    decided = {name: getattr(confusion, name) for name in FROM_DECISIONS}
    return decided | {"PR-AUC": average_precision(scores, truth), "ROC-AUC": roc_auc(scores, truth)}


def measures(lab: Lab) -> None:
    scores, truth = scored(lab)
    ours, theirs = by_hand(scores, truth), by_scikit_learn(scores, truth)
    for name, value in ours.items():
        lab.claim(f"{name} by hand = scikit-learn", abs(value - theirs[name]), at_most=EXACT)
    constant(lab)
    prevalence(lab, scores, truth)
    weight_moves_the_logit(lab)


def never(truth: Tensor) -> dict[str, float]:
    """What it is worth to call nothing a zero."""
    return by_hand(torch.full(truth.shape, -1.0, dtype=torch.float64), truth)


def constant(lab: Lab) -> None:
    """Who always says "no zero" needs no network."""
    truth = lab.uses(mnist(lab.data)).test.y == 0
    no = never(truth)
    always = by_hand(torch.full(truth.shape, 1.0, dtype=torch.float64), truth)
    lab.table("Two answers that look at nothing", [{"measure": n, "never": no[n], "always": always[n]} for n in no])
    share = float(truth.double().mean())
    lab.claim("constant answer: accuracy", no["accuracy"], at_least=0.9)
    lab.claim("constant answer: accuracy - share of non-zeros", abs(no["accuracy"] - (1 - share)), at_most=EXACT)
    for name, value in (
        ("recall", 0),
        ("f1", 0),
        ("balanced_accuracy", 0.5),
        ("g_mean", 0),
        ("mcc", 0),
        ("ROC-AUC", 0.5),
    ):
        lab.claim(f"constant answer: {name}", no[name], equals=value)
    lab.claim("constant answer: kappa", abs(no["kappa"]), at_most=EXACT)
    lab.claim("constant answer: PR-AUC - share of zeros", abs(no["PR-AUC"] - share), at_most=EXACT)
    lab.metric("share of zeros in the test set", share)


def prevalence(lab: Lab, scores: Tensor, truth: Tensor, more: int = 10) -> None:
    """The same classifier, where the negatives are ten times as many: each of them is taken ten times."""
    again = torch.cat([scores, scores[~truth].repeat(more - 1)])
    rarer = torch.cat([truth, torch.zeros(int((~truth).sum()) * (more - 1), dtype=torch.bool)])
    before, after = by_hand(scores, truth), by_hand(again, rarer)
    lab.table(
        "The same classifier, positives ten times rarer",
        [{"measure": name, "before": before[name], "after": after[name]} for name in before],
    )
    of_one_class = ("recall", "specificity", "balanced_accuracy", "g_mean", "ROC-AUC")
    moved = largest(abs(before[name] - after[name]) for name in of_one_class)
    lab.claim("rarer positives: recalls, balanced accuracy, G-mean and ROC-AUC do not move", moved, at_most=EXACT)
    least = smallest(before[name] - after[name] for name in ("precision", "f1", "mcc", "kappa", "PR-AUC"))
    lab.claim("rarer positives: precision, F1, MCC, kappa and PR-AUC fall, by at least", least, at_least=0.1)


def weight_moves_the_logit(lab: Lab) -> None:
    """-w q log σ(z) - (1 - q) log(1 - σ(z)) is least at z = logit q + log w."""
    q = torch.linspace(0.01, 0.99, 99, device=lab.device, dtype=lab.dtype)
    worst = torch.zeros((), device=lab.device, dtype=lab.dtype)
    for weight in (0.5, 3.0, 9.0):
        z = (q.logit() + log(weight)).requires_grad_()
        losses = (
            weighted_loss(z, torch.ones_like(z), weight, "none"),
            weighted_loss(z, torch.zeros_like(z), weight, "none"),
        )
        expected = q * losses[0] + (1 - q) * losses[1]
        worst = torch.maximum(worst, torch.autograd.grad(expected.sum(), z)[0].abs().max())
    lab.claim("weight w moves the best logit by ln w: largest slope there", worst, at_most=EXACT)


def weighted_loss(z: Tensor, y: Tensor, weight: float, reduction: str = "mean") -> Tensor:
    """Logits (N, 1) or (N,), classes (N,); each positive counts ``weight`` times."""
    z = z.reshape(-1)
    return F.binary_cross_entropy_with_logits(z, y.to(z.dtype), pos_weight=z.new_tensor(weight), reduction=reduction)


PLAIN, WEIGHTED, BACK = "no weight", "zeros weighted", "zeros weighted, threshold moved back"


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
    lab.figure("confusion matrices", pictures.matrices(confusions), CAPTION)
    pictures.trade_offs(lab, {name: logits[name] for name in (PLAIN, WEIGHTED)}, truth)
    compare(lab, found)
    if lab.profile != "smoke":
        raised = (logits[WEIGHTED] - logits[PLAIN])[truth].mean()
        learnt(lab, found, float(raised), float(truth.double().mean()))


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
    pictures.by_epoch(lab, name, history, positives=len(zeros), total=len(plan.test))
    return plan.outputs(net)[:, 0]


def compare(lab: Lab, found: dict[str, dict[str, float]]) -> None:
    for name, values in found.items():
        for measure in ("accuracy", "precision", "recall", "f1", "mcc", "balanced_accuracy", "PR-AUC"):
            lab.metric(f"{name}: {measure}", values[measure])
    lab.claim(
        "moving the threshold moves no curve: PR-AUC",
        abs(found[BACK]["PR-AUC"] - found[WEIGHTED]["PR-AUC"]),
        at_most=EXACT,
    )


def learnt(lab: Lab, found: dict[str, dict[str, float]], raised: float, share: float) -> None:
    """Claims that the few steps of a smoke run are too short for."""
    lab.claim("mean logit of the zeros, with the weight minus without", raised, at_least=0, as_declared=True)
    gained = found[WEIGHTED]["recall"] - found[PLAIN]["recall"]
    # Trained to the end both find nearly all: what is left of the difference is then noise, about a zero in 300.
    lab.claim("recall, with the weight minus without", gained, at_least=-0.01, as_declared=True)
    gain = found[PLAIN]["PR-AUC"] / share
    lab.claim("PR-AUC without the weight, over the share of zeros", gain, at_least=3, as_declared=True)
