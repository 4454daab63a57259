"""10e: what to say of a classifier whose classes are not of one size, written out.

Positive is the rare class, here the zero. A ratio without a denominator counts as 0, as scikit-learn has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import torch
from torch import Tensor


def ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Confusion:
    """How many examples were called what: true and false positives, false and true negatives."""

    tp: int
    fp: int
    fn: int
    tn: int

    @classmethod
    def of(cls, positive: Tensor, truth: Tensor) -> Confusion:
        """From bool tensors (N,): what was called positive, and what is."""
        pairs = ((positive, truth), (positive, ~truth), (~positive, truth), (~positive, ~truth))
        return cls(*(int((called & fact).sum()) for called, fact in pairs))

    @classmethod
    def from_shares(cls, accuracy: float, recall: float, positives: int, total: int) -> Confusion:
        """Accuracy and recall say everything, once the sizes of the classes are known."""
        tp = round(recall * positives)
        tn = round(accuracy * total) - tp
        return cls(tp, total - positives - tn, positives - tp, tn)

    @property
    def total(self) -> int:
        return self.tp + self.fp + self.fn + self.tn

    @property
    def accuracy(self) -> float:
        return ratio(self.tp + self.tn, self.total)

    @property
    def precision(self) -> float:
        """Of those called positive, how many are."""
        return ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """Of the positives, how many were found; also sensitivity, or true positive rate."""
        return ratio(self.tp, self.tp + self.fn)

    @property
    def specificity(self) -> float:
        """Of the negatives, how many were left alone: the recall of the other class."""
        return ratio(self.tn, self.tn + self.fp)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; true negatives do not enter."""
        return ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    @property
    def balanced_accuracy(self) -> float:
        """The mean recall of the two classes: ½ for every constant answer."""
        return (self.recall + self.specificity) / 2

    @property
    def g_mean(self) -> float:
        """The geometric mean of the two recalls: 0 as soon as one class is never found."""
        return sqrt(self.recall * self.specificity)

    @property
    def mcc(self) -> float:
        """Matthews' correlation coefficient of answers and facts, from -1 to 1; 0 for a constant answer."""
        tp, fp, fn, tn = self.tp, self.fp, self.fn, self.tn
        return ratio(tp * tn - fp * fn, sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))

    @property
    def kappa(self) -> float:
        """Cohen's: how much of the agreement that chance leaves to be had was had."""
        tp, fp, fn, tn = self.tp, self.fp, self.fn, self.tn
        chance = ratio((tp + fp) * (tp + fn) + (tn + fp) * (tn + fn), self.total**2)
        return ratio(self.accuracy - chance, 1 - chance)


FROM_DECISIONS = (
    "accuracy",
    "precision",
    "recall",
    "specificity",
    "f1",
    "balanced_accuracy",
    "g_mean",
    "mcc",
    "kappa",
)


def cumulated(scores: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """True and false positives at each threshold, from the highest score down; equal scores share a threshold."""
    order = scores.argsort(descending=True, stable=True)
    scores, truth = scores[order], truth[order].double()
    last = torch.cat([scores.diff() != 0, torch.ones(1, dtype=torch.bool, device=scores.device)])
    return truth.cumsum(0)[last], (1 - truth).cumsum(0)[last]


def precision_recall(scores: Tensor, truth: Tensor) -> tuple[Tensor, Tensor]:
    """Precision and recall at each threshold, from the highest score down."""
    tp, fp = cumulated(scores, truth)
    return tp / (tp + fp), tp / tp[-1]


def average_precision(scores: Tensor, truth: Tensor) -> float:
    """The area under precision over recall, in steps: Σ (R_n - R_(n-1)) P_n."""
    precision, recall = precision_recall(scores, truth)
    return float((recall.diff(prepend=recall.new_zeros(1)) * precision).sum())


def roc_auc(scores: Tensor, truth: Tensor) -> float:
    """The chance that a positive scores above a negative, ties counting half; by trapezia under the ROC curve."""
    tp, fp = cumulated(scores, truth)
    rise, run = tp.diff(prepend=tp.new_zeros(1)), fp.diff(prepend=fp.new_zeros(1))
    return float((run * (tp - rise / 2)).sum() / (tp[-1] * fp[-1]))
