"""ex04, a_overlay: every training of the sheet, as its own part trains it."""

from __future__ import annotations

from types import SimpleNamespace

from bench_exercises.ex04_cifar10 import a_overlay


def test_the_baseline_and_the_sheets_experiments():
    assert [change.label for change in a_overlay.every(5)] == [
        "baseline",
        *("L1 1e-2", "L1 1e-3", "L2 1e-2", "L2 1e-3"),
        *("rotation by 90°", "shift", "rotation and shift"),
        *("dropout", "dropout behind all six", "dropout of single values", "early stopping"),
    ]


def test_early_stopping_ends_with_what_is_kept():
    assert a_overlay.until_kept(SimpleNamespace(epochs=(0, 1, 2, 3), best=1)) == (0, 1)
