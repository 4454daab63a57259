"""ex04, a_overlay: every training of the sheet, as its own part trains it."""

from __future__ import annotations

from types import SimpleNamespace

import torch

from bench.kit.training import Epoch
from bench_exercises.ex04_cifar10 import a_overlay, figures
from bench_exercises.ex04_cifar10.network import Net

EPOCH = Epoch(number=0, rate=0.02, train_loss=1.0, train_accuracy=0.1, test_loss=1.0, test_accuracy=0.1)


def test_the_baseline_and_the_sheets_experiments():
    assert [change.label for change in a_overlay.every(5)] == [
        "baseline",
        *("L1 1e-2", "L1 1e-3", "L2 1e-2", "L2 1e-3"),
        *("rotation by 90°", "shift", "rotation and shift"),
        *("dropout", "dropout behind all six", "dropout of single values", "early stopping"),
    ]


def test_early_stopping_ends_with_what_is_kept():
    assert a_overlay.until_kept(SimpleNamespace(epochs=(0, 1, 2, 3), best=1)) == (0, 1)


def test_no_two_trainings_look_alike():
    kinds = [change.label for change in a_overlay.every(5)]
    figure = figures.overlay({kind: [[EPOCH, EPOCH]] * (3 if kind == "baseline" else 1) for kind in kinds})
    lines = figure.axes[0].get_lines()
    assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == len(kinds)
    assert [line.get_label() for line in lines] == ["baseline, mean of 3", *kinds[1:]]


def test_no_two_networks_look_alike_in_the_histograms():
    torch.manual_seed(0)
    nets = {name: Net(width=1 / 16) for name in ("at the start", "baseline", "L1 1e-2", "L1 1e-3")}
    drawn = figures.histograms(nets, "stand-in").axes[0].patches
    assert len({(patch.get_edgecolor(), patch.get_linestyle()) for patch in drawn}) == len(nets)
