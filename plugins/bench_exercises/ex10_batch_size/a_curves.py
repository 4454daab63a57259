"""10a: the same training with several batch sizes, its curves, one picture and a table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest
from bench.kit.data import mnist

from .a_loss import UNIFORM
from .a_training import trained
from .figures import LABELS, distortion, picture, window_means
from .problem import Digits, Feed, History, sizes

if TYPE_CHECKING:
    pass


def study(
    lab: Lab, batch: Sequence[int] | int, *, epochs: int, optimizer: str, learning_rate: float, dropout: float
) -> None:
    batches = sizes(batch)
    images = lab.pick(smoke=160, quick=600, full=None)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, torch.float32, images)
    lab.metric("training images", len(digits.train_y))
    lab.metric("epochs", epochs)
    feeds = [Feed.draw(digits, size, epochs, lab.seed) for size in batches]
    histories = [trained(lab, feed, optimizer, learning_rate, dropout=dropout) for feed in feeds]
    width = max(max(batches), int(histories[0].seen[-1]) // 40)
    per_iteration(lab, histories)
    per_image(lab, histories, width)
    per_epoch(lab, histories)
    lab.table("Batch sizes compared", map(row, histories))
    lab.figure("cost and error by batch size", picture(histories, width), CAPTION)
    compare(lab, histories)


CAPTION = (
    "Thin: every single batch, a training batch before its update, a test batch after it. Thick: means over equal "
    "numbers of images. The cost axis is logarithmic. Every batch size saw the same images in the same order, from the "
    "same initial weights."
)


def compare(lab: Lab, histories: Sequence[History]) -> None:
    rows = [row(history) for history in histories]
    for record in rows:
        for name in ("test accuracy", "test cost", "jump of train cost", "jump of test cost"):
            lab.metric(f"{name}, batch {record['batch size']}", record[name])
    seen = {int(history.seen[-1]) for history in histories}
    lab.claim("every batch size saw the same number of images", len(seen), equals=1)
    if len(rows) > 1:
        jumps = [record["jump of train cost"] for record in rows]
        lab.claim(
            "jump of the train cost, largest over smallest batch size",
            jumps[-1] / jumps[0],
            at_most=1,
            as_declared=True,
        )
        growth = largest(after / before for before, after in pairwise(jumps))
        lab.metric("jump of the train cost, largest ratio from one batch size to the next", growth)
    if lab.profile != "smoke":
        trained_long_enough(lab, histories, [record["jump of train cost"] for record in rows])
    if len(histories[0].epochs) > 3:
        calmer_as_a_whole(lab, histories[0])


def trained_long_enough(lab: Lab, histories: Sequence[History], jumps: Sequence[float]) -> None:
    """Claims that the few iterations of a smoke run are too short for."""
    costs = [history.epochs[-1].test_loss for history in histories]
    lab.claim("highest final test cost, below ln 10", largest(costs), at_most=UNIFORM, as_declared=True)
    for small, large in pairwise(range(len(jumps))):
        name = f"jump of the train cost, batch {histories[large].batch} over batch {histories[small].batch}"
        lab.claim(name, jumps[large] / jumps[small], at_most=1, as_declared=True)


def calmer_as_a_whole(lab: Lab, history: History) -> None:
    """The whole test set has hardly any noise of measurement: what is left of its jumps is the weights' wandering."""
    whole = distortion(torch.tensor([epoch.test_loss for epoch in history.epochs[1:]]))
    ratio = whole / distortion(history.curves.test_loss)
    name = "jump of the test cost at the smallest batch size, whole set over single batch"
    lab.claim(name, ratio, at_most=1, as_declared=True)


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
