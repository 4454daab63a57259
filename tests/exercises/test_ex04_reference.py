"""ex04, reference: trainings, which parts share, and what is recorded of them."""

from __future__ import annotations

import pytest
import torch

from bench.testing import failed, lab, run_part
from bench_exercises.ex04_cifar10 import a_baseline, exercise, reference
from bench_exercises.ex04_cifar10.a_augmentation import Shift
from bench_exercises.ex04_cifar10.network import initial
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs
TINY, metrics = ex04_tiny.TINY, ex04_tiny.metrics


def test_a_network_that_only_learned_by_heart_fails_its_claim():
    """0.29 of 200 pictures is nine standard errors above guessing, 0.12 one."""
    for accuracy, expected in ((0.29, []), (0.12, ["baseline: test accuracy above guessing, in standard errors"])):
        here = lab()
        a_baseline.generalises(here, accuracy, 200)
        assert list(failed(here.findings)) == expected


class TestTraining:
    def test_decay_spares_biases_and_norms(self):
        net = initial(0, width=1 / 16)
        weights, others = reference.optimizer(net, ex04_tiny.posed()[1], 0.5).param_groups
        assert (weights["weight_decay"], others["weight_decay"]) == (0.5, 0)
        assert len(weights["params"]) == 9
        assert len(others["params"]) == 9 + 6

    def test_test_pictures_are_never_changed(self):
        """Scores before training are the same with and without augmentation."""
        here, setting, photos = ex04_tiny.posed()
        plain = reference.train(here, setting, photos).history.epochs[0]
        change = reference.Change(label="shift", augment=Shift())
        assert reference.train(here, setting, photos, change).history.epochs[0] == plain

    def test_what_goes_on_from_a_checkpoint_finds_the_same_and_records_no_time(self, bench_lab):
        first, second = (run_part(exercise, "a.5", bench_lab(), **TINY) for _ in range(2))
        assert second.curves == first.curves
        assert "training time, early stopping" in metrics(first)
        assert "training time, early stopping" not in metrics(second)

    def test_parts_that_need_one_training_do_it_once(self, bench_lab, tmp_path, monkeypatch):
        here = bench_lab()
        here.sharing = tmp_path / "shared"
        _, setting, photos = ex04_tiny.posed()
        first = reference.train(here, setting, photos)
        monkeypatch.setattr(reference.Maker, "__call__", lambda *_: pytest.fail("trained again"))
        same = reference.Change(label="0 extra layers, seed 0", shape={"extra": 0}, seed=0)
        second = reference.train(here, setting, photos, same)
        assert torch.equal(second.history.losses, first.history.losses)
        assert all(torch.equal(a, b) for a, b in zip(first.net.parameters(), second.net.parameters(), strict=True))
        other = reference.Change(label="dropout", shape={"dropout": [0.5, 0.15]})
        with pytest.raises(pytest.fail.Exception, match="trained again"):
            reference.train(here, setting, photos, other)
