"""What a set of trainings is recorded as: curves for the interactive charts, one picture, and a table."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from torch import Tensor

from bench import Lab

from .noise import distortion, window_means
from .training import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TRAIN, TEST = "#0072B2", "#D55E00"
LABELS = {"loss": "cost (NLL)", "error": "error rate"}
NAMES = {"loss": "cost", "error": "error"}


def per_iteration(lab: Lab, histories: Sequence[History]) -> None:
    """Every batch's cost and error, raw, against the iteration."""
    for split, kind in product(("train", "test"), ("loss", "error")):
        for history in histories:
            values = getattr(history.curves, f"{split}_{kind}")
            lab.curve(
                f"{NAMES[kind]} of each batch",
                range(1, len(values) + 1),
                rounded(values),
                series=f"{split}, batch {history.batch}",
                x_label="iteration",
                y_label=LABELS[kind],
                kind="noise",
            )


def per_image(lab: Lab, histories: Sequence[History], width: int) -> None:
    """The same curves against the images seen, each point a mean over ``width`` images: what remains is progress."""
    for split, kind in product(("train", "test"), ("loss", "error")):
        for history in histories:
            seen, means = window_means(getattr(history.curves, f"{split}_{kind}"), history.seen, width)
            lab.curve(
                f"{NAMES[kind]} of the {split} batches, by images seen",
                seen,
                rounded(means),
                series=f"batch {history.batch}",
                x_label="training images seen",
                y_label=f"{LABELS[kind]}, mean over {width} images",
                kind="course",
            )


def per_epoch(lab: Lab, histories: Sequence[History]) -> None:
    """Cost and error of the whole sets in evaluation mode, before the first and after every epoch."""
    for split in ("train", "test"):
        for history in histories:
            epochs = history.epochs
            where: dict[str, Any] = {"series": f"batch {history.batch}", "x_label": "epoch", "kind": "course"}
            numbers = [epoch.number for epoch in epochs]
            costs = [getattr(epoch, f"{split}_loss") for epoch in epochs]
            errors = [1 - getattr(epoch, f"{split}_accuracy") for epoch in epochs]
            lab.curve(f"cost of the whole {split} set, by epoch", numbers, costs, y_label=LABELS["loss"], **where)
            lab.curve(f"error of the whole {split} set, by epoch", numbers, errors, y_label=LABELS["error"], **where)


def rounded(values: Tensor) -> list[float]:
    """Five significant digits: a screen shows fewer, and the record stays small."""
    return [float(f"{value:.5g}") for value in values.tolist()]


def row(history: History) -> dict[str, Any]:
    """One batch size in the table."""
    last = history.epochs[-1]
    return {
        "batch size": history.batch,
        "updates": len(history.seen),
        "train cost": last.train_loss,
        "train accuracy": last.train_accuracy,
        "test cost": last.test_loss,
        "test accuracy": last.test_accuracy,
        "jump of train cost": distortion(history.curves.train_loss),
        "jump of test cost": distortion(history.curves.test_loss),
        "jump of train error": distortion(history.curves.train_error),
        "jump of test error": distortion(history.curves.test_error),
    }


def picture(histories: Sequence[History], width: int) -> "Figure":
    """Small multiples: one column per batch size; cost above, error below; raw, with means over ``width`` images."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    figure = Figure(figsize=(2.6 * len(histories) + 0.6, 5.4), layout="constrained", facecolor="white")
    axes = figure.subplots(2, len(histories), sharex=True, sharey="row", squeeze=False)
    for column, history in enumerate(histories):
        axes[0, column].set_title(f"batch size {history.batch}", fontsize=11)
        axes[1, column].set_xlabel("training images seen")
        axes[1, column].xaxis.set_major_locator(MaxNLocator(3))
        axes[1, column].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        for line, kind in enumerate(("loss", "error")):
            draw(axes[line, column], history, kind, width)
    for line, kind in enumerate(("loss", "error")):
        axes[line, 0].set_ylabel(LABELS[kind])
    axes[0, 0].set_yscale("log")
    axes[0, 0].set_ylim(bottom=0.005)
    axes[1, 0].set_ylim(-0.04, 1.04)
    handles = axes[0, 0].get_legend_handles_labels()
    legend = figure.legend(*handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9)
    for mark in legend.get_lines():
        mark.set(alpha=1 if mark.get_linewidth() > 1 else 0.7, linewidth=max(1.2, mark.get_linewidth()))
    return figure


def draw(axes: "Axes", history: History, kind: str, width: int) -> None:
    for split, colour in (("train", TRAIN), ("test", TEST)):
        values = getattr(history.curves, f"{split}_{kind}")
        axes.plot(
            history.seen, values, color=colour, alpha=0.35, linewidth=0.5, label=f"{split} batch", rasterized=True
        )
    for split, colour in (("train", TRAIN), ("test", TEST)):
        seen, means = window_means(getattr(history.curves, f"{split}_{kind}"), history.seen, width)
        axes.plot(seen, means, color=colour, linewidth=1.6, label=f"{split}, mean over {width} images")
    axes.grid(alpha=0.25)
