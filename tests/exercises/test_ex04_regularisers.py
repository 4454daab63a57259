"""ex04: penalties that kill, and augmentations, against what is counted by hand."""

from __future__ import annotations

import pytest
import torch

from bench.kit.data import cifar10
from bench.testing import lab
from bench_exercises import ex04_cifar10 as ex04
from bench_exercises.ex04_cifar10 import augmentation, penalties, trainings
from bench_exercises.ex04_cifar10.network import initial
from bench_exercises.ex04_cifar10.setting import Setting, load

TINY = {"width": 1 / 16, "images": 64, "epochs": 1, "learning_rate": 0.02} | {
    "momentum": 0.9,
    "batch": 32,
    "numerics": "fp32",
}


@pytest.fixture(autouse=True, scope="module")
def no_photographs(tmp_path_factory):
    """The stand-in, whatever lies on this machine."""
    with pytest.MonkeyPatch.context() as patch:
        nothing = tmp_path_factory.mktemp("nothing")
        patch.setenv("BENCH_DATA", str(nothing))
        patch.setattr("platformdirs.user_data_path", lambda *_, **__: nothing)
        yield


class TestPenalties:
    def test_death_by_counting(self):
        """Velocity and weight by hand: λ η = 1, μ = 1/2; the weight 10 moves by 1, 1.5, 1.75 …"""
        weight, velocity, steps = 10.0, 0.0, 0
        while weight > 0:
            velocity = 0.5 * velocity + 1
            weight, steps = weight - velocity, steps + 1
        assert penalties.death(10.0, 1.0, 0.5) == steps

    def test_a_death_that_is_far_away_takes_no_memory(self):
        assert penalties.death(0.125, 2.0**-40, 0.0) == 2**37

    def test_death_in_the_sheets_network(self):
        assert [penalties.death(1 / 64, 0.001 * strength, 0.9) for strength in (1e-2, 1e-3)] == [166, 1572]

    def test_a_dead_weight_swings_by_less_than_the_resolution(self):
        weight = torch.linspace(0.9, 1.1, 41, dtype=torch.float64).requires_grad_()
        sgd = torch.optim.SGD([weight], lr=0.01, momentum=0.9)
        largest = 0.0
        for step in range(300):
            sgd.zero_grad()
            weight.abs().sum().backward()
            sgd.step()
            if step > penalties.death(1.1, 0.01, 0.9):
                largest = max(largest, float(weight.detach().abs().max()))
        assert 0 < largest < penalties.resolution(0.01, 0.9)

    def test_the_arithmetic_can_be_wrong(self, monkeypatch):
        monkeypatch.setattr(penalties, "shrunk", lambda steps, pull, momentum: pull * steps / (1 - momentum))
        assert penalties.arithmetic_off() > 0.01

    def test_predicted_shares_begin_with_what_is_small_and_end_with_all(self):
        shares = penalties.predicted(400, 1 / 64, 1e-5, 0.9)
        assert shares[0] == pytest.approx(3e-4 * 64)
        assert shares[-1] == 1
        assert (shares.diff() >= 0).all()

    def test_a_doubled_penalty_is_told_apart(self, monkeypatch):
        monkeypatch.setattr(ex04, "l2", lambda strength: ex04.penalties.l1(strength))
        here = lab()
        ex04.conventions(here)
        assert [claim.passed for claim in here.findings.claims][:2] == [False, False]

    def test_decay_spares_biases_and_norms(self):
        net = initial(0, width=1 / 16)
        weights, others = trainings.optimizer(net, Setting.of(lab(), **TINY), 0.5).param_groups
        assert (weights["weight_decay"], others["weight_decay"]) == (0.5, 0)
        assert len(weights["params"]) == 9
        assert len(others["params"]) == 9 + 6


class TestAugmentation:
    def test_a_right_angle_or_nothing(self):
        x = cifar10().train.x[:40]
        torch.manual_seed(0)
        y = augmentation.RightAngle()(x)
        turned = x.rot90(1, (2, 3))
        kinds = [(torch.equal(a, b), torch.equal(a, c)) for a, b, c in zip(y, x, turned, strict=True)]
        assert {(True, False), (False, True)} == set(kinds)

    def test_a_shift_is_by_whole_pixels_and_alike_in_a_group(self):
        x = torch.zeros(8, 3, 32, 32, dtype=torch.uint8)
        x[:, :, 10, 20] = 255
        torch.manual_seed(1)
        places = (augmentation.Shift()(x)[:, 0] == 255).nonzero()
        assert len(places) == 8
        assert len(places[:4, 1:].unique(dim=0)) == 1
        assert ((places[:, 1:] - torch.tensor([10, 20])).abs() <= 4).all()

    def test_test_pictures_are_never_changed(self):
        """Scores before training are the same with and without augmentation."""
        here = lab()
        setting = Setting.of(here, **TINY)
        photos = load(here, setting)
        plain = trainings.train(here, setting, photos).history.epochs[0]
        changed = trainings.train(here, setting, photos, trainings.Change(label="shift", augment=augmentation.Shift()))
        assert changed.history.epochs[0] == plain
