"""10e: which numbers show what a classifier makes of classes of unequal size, and what a weight changes."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, smallest
from bench.kit.data import mnist

from . import e_break, e_weight
from .checks import EXACT
from .e_metrics import FROM_DECISIONS, Confusion, average_precision, roc_auc


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


def study(lab: Lab) -> None:
    scores, truth = scored(lab)
    ours, theirs = by_hand(scores, truth), by_scikit_learn(scores, truth)
    for name, value in ours.items():
        lab.claim(f"{name} by hand = scikit-learn", abs(value - theirs[name]), at_most=EXACT)
    constant(lab)
    prevalence(lab, scores, truth)
    e_weight.study(lab)
    e_break.study(lab, scores, truth, theirs)


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
    share = float(rarer.double().mean())
    r, s = before["recall"], before["specificity"]
    law = r * share / (r * share + (1 - s) * (1 - share))
    lab.claim(
        "rarer positives: precision = Rπ/(Rπ + (1 - S)(1 - π)), π their share: difference",
        abs(after["precision"] - law),
        at_most=EXACT,
    )
    lab.claim("rarer positives: recalls, balanced accuracy, G-mean and ROC-AUC do not move", moved, at_most=EXACT)
    least = smallest(before[name] - after[name] for name in ("precision", "f1", "mcc", "kappa", "PR-AUC"))
    lab.claim("rarer positives: precision, F1, MCC, kappa and PR-AUC fall, by at least", least, at_least=0.1)
    without_false_alarms(lab)


def without_false_alarms(lab: Lab, found: int = 50, missed: int = 50) -> None:
    """No call of a zero is wrong: precision stays 1, and MCC rises as the zeros become rarer."""
    recall, apart = found / (found + missed), []
    for others in (900, 9_900):
        share = (found + missed) / (found + missed + others)
        law = (recall * (1 - share) / (1 - share * recall)) ** 0.5
        apart.append(abs(Confusion(tp=found, fp=0, fn=missed, tn=others).mcc - law))
    name = "rarer positives, no false alarm: MCC = √(R(1 - π)/(1 - πR)): largest difference"
    lab.claim(name, largest(apart), at_most=EXACT)
