"""10e, broken: the classic mistakes with classes of unequal size, each of which fails a claim."""

from __future__ import annotations

from math import log

from torch import Tensor

from bench import Lab, Mistake, break_it

from .e_metrics import Confusion, precision_recall
from .e_weight import RISES, SLOPE, slope_at


def by_hand(measure: str) -> str:
    """What is claimed of a measure."""
    return f"{measure} by hand = scikit-learn"


def study(lab: Lab, scores: Tensor, truth: Tensor, right: dict[str, float]) -> None:
    """``right`` are the measures as they should be."""
    c = Confusion.of(scores > 0, truth)
    swapped = Confusion.of(scores <= 0, ~truth)
    precision, recall = precision_recall(scores, truth)
    trapezia = float(((precision[1:] + precision[:-1]) / 2 * recall.diff()).sum())
    above = float((scores[truth][:, None] > scores[~truth]).double().mean())

    def mistake(name: str, measure: str, value: float) -> Mistake:
        return Mistake(name=name, fails=by_hand(measure), value=abs(value - right[measure]))

    mistakes = (
        mistake("divided by the zeros, not by those called zero", "precision", c.tp / (c.tp + c.fn)),
        mistake("the other digits taken as positives", "recall", swapped.recall),
        mistake("a mean of P and R that is not harmonic", "f1", (c.precision + c.recall) / 2),
        mistake("plain accuracy", "balanced_accuracy", c.accuracy),
        mistake("R + S - 1", "mcc", c.recall + c.specificity - 1),
        mistake("accuracy, chance left in", "kappa", c.accuracy),
        mistake("trapezia for steps", "PR-AUC", trapezia),
        mistake("ties count nothing", "ROC-AUC", above),
        Mistake(name="the weight on the others", fails=SLOPE, value=slope_at(lab, 1 / 9, log(9))),
        Mistake(name="logits moved by w, not by ln w", fails=RISES, value=9 - log(9)),
    )
    break_it(lab, *mistakes)
