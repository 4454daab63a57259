"""ex04: a CNN on CIFAR-10, and five ways to make it overfit less.

``problem``, ``network`` and ``reference`` are the sheet's network and its training; each way is a module of its own.
``smoke`` and ``quick`` train the same network with all widths divided, on fewer pictures, at a higher learning rate;
``full`` is the sheet, to the number. A training that several parts need is done once a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench import Exercise, Lab, Work, by_profile, hookimpl, limited

from . import (
    a_augmentation,
    a_baseline,
    a_dropout,
    a_early,
    a_l1,
    a_l2,
    a_maps,
    a_overlay,
    a_speed,
    a_variance,
    b_depth,
)
from .problem import BATCH, DROPOUT, MAP_DROPOUT, SIZES, STRENGTHS, Setting

exercise = Exercise(tags=("training", "cifar10", "convolution", "regularisation"))

PATIENCE = limited(by_profile(smoke=1, quick=12, full=5), at_least=1)


@exercise.study("a", "The baseline", **SIZES)
def baseline(lab: Lab, **size: Any) -> None:
    a_baseline.study(lab, Setting.of(lab, **size))


@exercise.study("a.1", "L1: 1e-2 and 1e-3", l1=limited(STRENGTHS, at_least=1e-5), **SIZES)
def absolute(lab: Lab, l1: Sequence[float], **size: Any) -> None:
    a_l1.study(lab, Setting.of(lab, **size), l1)


@exercise.study("a.2", "L2: 1e-2 and 1e-3", weight_decay=limited(STRENGTHS, at_least=0), **SIZES)
def squared(lab: Lab, weight_decay: Sequence[float], **size: Any) -> None:
    a_l2.study(lab, Setting.of(lab, **size), weight_decay)


@exercise.study("a.3", "More pictures: turned by 90°, shifted, and both", **SIZES)
def augmented(lab: Lab, **size: Any) -> None:
    a_augmentation.study(lab, Setting.of(lab, **size))


@exercise.study(
    "a.4",
    "Dropout: 0.5 on linear layers, 0.15 on maps",
    dropout=limited(DROPOUT, at_least=0, below=1),
    map_dropout=limited(MAP_DROPOUT, at_least=0, below=1),
    **SIZES,
)
def dropped(lab: Lab, dropout: float, map_dropout: float, **size: Any) -> None:
    a_dropout.study(lab, Setting.of(lab, **size), dropout, map_dropout)


@exercise.study("a.4.maps", "Dropout against Dropout2d behind a convolution", **SIZES)
def on_maps(lab: Lab, **size: Any) -> None:
    a_maps.study(lab, Setting.of(lab, **size))


@exercise.study("a.4.variance", "Dropout in front of the next block's batch norm", **SIZES)
def variance(lab: Lab, **size: Any) -> None:
    a_variance.study(lab, Setting.of(lab, **size))


@exercise.study("a.5", "Early stopping", patience=PATIENCE, **SIZES)
def stopped(lab: Lab, patience: int, **size: Any) -> None:
    a_early.study(lab, Setting.of(lab, **size), patience)


@exercise.study(
    "a.all",
    "Every training in one figure",
    patience=PATIENCE,
    seeds=limited(by_profile(smoke=1, quick=1, full=3), at_least=1),
    **SIZES,
)
def together(lab: Lab, patience: int, seeds: int, **size: Any) -> None:
    a_overlay.study(lab, Setting.of(lab, **size), patience, seeds)


@exercise.study(
    "b",
    "More layers of 512: does it overfit more?",
    extra=limited((0, 2, 4), at_least=0),
    seeds=limited(3, at_least=2),
    **SIZES,
)
def deeper(lab: Lab, extra: Sequence[int] | int, seeds: int, **size: Any) -> None:
    b_depth.study(lab, Setting.of(lab, **size), extra, seeds)


@exercise.comparison(
    "a.speed",
    "One short epoch: the idiomatic loop and the kit",
    reference="idiomatic loop",
    work=lambda width, steps: Work(steps * BATCH, "images"),
    width=limited(0.25, above=0),
    steps=limited(a_speed.STEPS, at_least=1),
)
def faster(lab: Lab, width: float, steps: int) -> dict[str, a_speed.Call]:
    return a_speed.variants(lab, width, steps)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
