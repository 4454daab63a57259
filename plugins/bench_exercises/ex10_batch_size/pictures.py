"""10e, drawn: confusion matrices, precision over recall, and both by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.training import History

from .metrics import Confusion, precision_recall

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

POINTS = 200


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


def matrices(confusions: Mapping[str, Confusion]) -> Figure:
    """One panel each: counts, shaded by their share of the row."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.3 * len(confusions), 3.4), layout="constrained", facecolor="white")
    panels = figure.subplots(1, len(confusions), squeeze=False)[0]
    for axes, (name, confusion) in zip(panels, confusions.items(), strict=True):
        matrix(axes, name, confusion)
    panels[0].set_ylabel("the digit is", fontsize=11)
    return figure


def matrix(axes: Axes, name: str, confusion: Confusion) -> None:
    counts = torch.tensor([[confusion.tp, confusion.fn], [confusion.fp, confusion.tn]], dtype=torch.float64)
    shares = counts / counts.sum(1, keepdim=True)
    axes.imshow(shares.numpy(), cmap="Blues", vmin=0, vmax=1.25)
    for i in range(2):
        for j in range(2):
            text = f"{int(counts[i, j])}\n{shares[i, j]:.1%}"
            colour = "white" if shares[i, j] > 0.6 else "black"
            axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=12)
    axes.set_title(fill(name, 26), fontsize=11)
    axes.set_xticks((0, 1), ("zero", "another"), fontsize=11)
    axes.set_yticks((0, 1), ("zero", "another"), fontsize=11, rotation=90, va="center")
    axes.set_xlabel("it is called", fontsize=11)
