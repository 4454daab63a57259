"""ex04, a_augmentation: turned, shifted, both."""

from __future__ import annotations

import torch

from bench.kit.data import cifar10
from bench_exercises.ex04_cifar10 import a_augmentation
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs


class TestAugmentation:
    def test_a_right_angle_or_nothing(self):
        x = cifar10().train.x[:40]
        torch.manual_seed(0)
        y = a_augmentation.RightAngle()(x)
        turned = x.rot90(1, (2, 3))
        kinds = [(torch.equal(a, b), torch.equal(a, c)) for a, b, c in zip(y, x, turned, strict=True)]
        assert {(True, False), (False, True)} == set(kinds)

    def test_a_shift_is_by_whole_pixels_and_alike_in_a_group(self):
        x = torch.zeros(8, 3, 32, 32, dtype=torch.uint8)
        x[:, :, 10, 20] = 255
        torch.manual_seed(1)
        places = (a_augmentation.Shift()(x)[:, 0] == 255).nonzero()
        assert len(places) == 8
        assert len(places[:4, 1:].unique(dim=0)) == 1
        assert ((places[:, 1:] - torch.tensor([10, 20])).abs() <= 4).all()

    def test_both_are_a_turn_and_then_a_shift(self, monkeypatch):
        x = cifar10().train.x[:64]
        torch.manual_seed(2)
        far, share = a_augmentation.both(x)
        assert far <= 4
        assert 0.2 < share < 0.8
        monkeypatch.setattr(a_augmentation.RightAngle, "__call__", lambda self, x: x.rot90(2, (2, 3)))
        assert a_augmentation.both(x)[0] > 4

    def test_black_borders_are_seen(self, monkeypatch):
        assert a_augmentation.bared(torch.zeros(8, 3, 32, 32, dtype=torch.uint8)) == 0
        monkeypatch.setattr(a_augmentation, "GREY", 0)
        shifted = a_augmentation.Shift()
        monkeypatch.undo()
        monkeypatch.setattr(a_augmentation, "Shift", lambda: shifted)
        assert a_augmentation.bared(torch.zeros(64, 3, 32, 32, dtype=torch.uint8)) == 128
