"""4a in one figure: test loss and test accuracy of every training, several seeds of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import mean
from typing import Any

from bench import Lab
from bench.kit.training import Epoch, History

from . import a_dropout, a_early, a_l1, a_l2
from .a_augmentation import changes as augmentations
from .figures import overlay
from .problem import DROPOUT, MAP_DROPOUT, STRENGTHS, Setting, load
from .reference import BASELINE, Change, train

YARDSTICK = 3
"""Seeds of the baseline at least, which 4b trains anyway: how far apart they are is what chance does."""


def study(lab: Lab, setting: Setting, patience: int, seeds: int) -> None:
    """Each of the sheet's trainings, from ``seeds`` seeds; those of the lab's own seed are the ones of their parts."""
    photos = load(lab, setting)
    rows = {
        change.label: [
            until_kept(train(lab, setting, photos, replace(change, seed=lab.seed + i), timed=False).history)
            for i in range(max(seeds, YARDSTICK) if change is BASELINE else seeds)
        ]
        for change in lab.track(every(patience), "kinds of training")
    }
    ends = {label: [epochs[-1] for epochs in found] for label, found in rows.items()}
    lab.table("all trainings, mean over seeds", [row(k, v) for k, v in ends.items()])
    lab.figure(
        "all trainings",
        overlay(rows),
        f"{photos.name}. Above the mean over seeds; below, a tick a seed. Early stopping ends with what is kept.",
    )


def until_kept(history: History) -> Sequence[Epoch]:
    """The epochs up to the one whose weights are the result: all, where nothing stops early."""
    return history.epochs[: history.best + 1]


def every(patience: int) -> list[Change]:
    """The baseline and the sheet's experiments, as their own parts train them."""
    maps = a_dropout.changes(DROPOUT, MAP_DROPOUT)
    penalties = [kind(strength) for kind in (a_l1.change, a_l2.change) for strength in STRENGTHS]
    return [BASELINE, *penalties, *augmentations(), *maps, a_early.change(patience)]


def row(label: str, ends: list[Epoch]) -> dict[str, Any]:
    names = ("train_accuracy", "test_accuracy", "train_loss", "test_loss", "gap")
    means = {name.replace("_", " "): mean(getattr(end, name) for end in ends) for name in names}
    spread = [end.test_accuracy for end in ends]
    return (
        {"training": label, "seeds": len(ends)}
        | means
        | {
            "lowest test accuracy": min(spread),
            "highest test accuracy": max(spread),
        }
    )
