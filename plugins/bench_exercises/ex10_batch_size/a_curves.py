"""10a: the same training with several batch sizes, its curves, its pictures and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest
from bench.kit.data import mnist

from . import a_jumps
from .a_training import Settings, trained
from .figures import LABELS, ZOOM, against_the_iteration, distortion, first_and_last, window_means
from .problem import Digits, Feed, History, sizes

NAMES = {"loss": "cost", "error": "error"}


def study(lab: Lab, batch: Sequence[int] | int, epochs: int, faster: float, **settings: Any) -> None:
    """``faster`` times the learning rate: few epochs over few digits then come where many would."""
    how = Settings(**settings)
    how = replace(how, learning_rate=faster * how.learning_rate)
    digits = Digits.load(
        lab.uses(mnist(lab.data)), lab.device, torch.float32, lab.pick(smoke=160, quick=None, full=None)
    )
    # The same images in the same order from the same weights; only the cuts between batches differ.
    feeds = [Feed.draw(digits, size, epochs, lab.seed) for size in sizes(batch)]
    histories = [trained(lab, feed, how, lab.pick(smoke=2, quick=3, full=2)) for feed in feeds]
    record(lab, histories, how)
    compare(lab, histories, len(digits.test_y))
    a_jumps.predicted(lab, histories)


def record(lab: Lab, histories: Sequence[History], how: Settings) -> None:
    images = int(histories[0].seen[-1])
    epochs = len(histories[0].epochs) - 1
    for name, value in (
        ("training images", images // epochs),
        ("epochs", epochs),
        ("learning rate", how.learning_rate),
    ):
        lab.metric(name, value)
    width = max(max(history.batch for history in histories), images // 40)
    per_iteration(lab, histories)
    per_image(lab, histories, width)
    per_epoch(lab, histories)
    pictures(lab, histories, 2 * width)
    lab.table("Batch sizes compared", map(row, histories))


CAPTION = (
    "Pale: every single batch, a training batch before its update, a test batch after it. "
    "Dark: means over equal numbers of images."
)


def pictures(lab: Lab, histories: Sequence[History], width: int) -> None:
    for kind, name in NAMES.items():
        scale = " The axis is logarithmic." if kind == "loss" else ""
        whole, ends = against_the_iteration(histories, kind, width), first_and_last(histories, kind, width // 10)
        lab.figure(f"{name} against the iteration", whole, CAPTION + scale)
        lab.figure(f"{name} in the first and the last {ZOOM} iterations", ends, CAPTION + scale)


REPORTED = (
    *(f"{side} {of}" for side in ("train", "test") for of in ("accuracy", "cost")),
    *(f"jump of {side} {of}" for side in ("train", "test") for of in ("cost", "error")),
)


def compare(lab: Lab, histories: Sequence[History], tested: int) -> None:
    rows = [row(history) for history in histories]
    for found in rows:
        for name in REPORTED:
            lab.metric(f"{name}, batch {found['batch size']}", found[name])
    if len(rows) > 1:
        jumps = [found["jump of train cost"] for found in rows]
        growth = largest(after / before for before, after in pairwise(jumps))
        lab.metric("jump of the train cost, largest ratio from one batch size to the next", growth)
    if len(rows) > 1 and lab.profile != "smoke":
        in_their_order(lab, [found["test accuracy"] for found in rows], tested)


def in_their_order(lab: Lab, accuracies: Sequence[float], tested: int) -> None:
    """At one learning rate the weights of a batch of 1 wander furthest: it ends behind the next larger batch."""
    single, next_larger = accuracies[:2]
    error = sum(share * (1 - share) / tested for share in (single, next_larger)) ** 0.5
    lab.claim(
        "the smallest batch ends behind the next: difference of test accuracy, in standard errors",
        (next_larger - single) / error,
        at_least=3,
        as_declared=True,
    )


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
