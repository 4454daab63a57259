"""ex04, a_maps: both dropouts on maps of ones."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from bench.testing import failed, lab
from bench_exercises.ex04_cifar10 import a_maps


class TestMaps:
    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_claims_hold_at_every_seed(self, seed):
        here = lab(seed)
        a_maps.compare(here)
        assert failed(here.findings) == {}

    def test_the_two_layers_exchanged_fail(self, monkeypatch):
        monkeypatch.setattr(a_maps, "MAP_DROPOUTS", {"Dropout": nn.Dropout2d, "Dropout2d": nn.Dropout})
        here = lab()
        a_maps.compare(here)
        assert len(failed(here.findings)) >= 6

    def test_mixed_channels_are_counted(self):
        y = torch.full((1, 3, 2, 2), 2.0, dtype=torch.float64)
        y[0, 1] = 0
        assert a_maps.mixed(y, 0.5) == 0
        y[0, 2, 0, 0] = 0
        assert a_maps.mixed(y, 0.5) == 1
