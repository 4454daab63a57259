"""ex04, a_early: the split, and which weights come back."""

from __future__ import annotations

import pytest
import torch

from bench.kit.training import Examples
from bench.testing import failed, run_part
from bench_exercises.ex04_cifar10 import a_early, exercise, reference
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs
TINY, metrics = ex04_tiny.TINY, ex04_tiny.metrics


class TestEarlyStopping:
    def test_the_split_shares_nothing_and_one_that_does_is_seen(self, monkeypatch):
        assert a_early.shared(50, 0) == 0
        monkeypatch.setattr(reference, "held_out", lambda examples, count, seed: (examples, examples))
        assert a_early.shared(50, 0) == 50

    @pytest.mark.parametrize(("pictures", "few"), [(50_000, 5_000), (256, 26), (2, 1)])
    def test_a_tenth_is_held_out_of_few_pictures_too(self, pictures, few):
        numbers = torch.arange(pictures)
        rest, validation = reference.split(Examples(numbers, numbers), 0, stops=True)
        assert (len(rest), len(validation)) == (pictures - few, few)

    def test_stops_and_puts_the_best_back(self):
        stopped = run_part(exercise, "a.5", **TINY | {"epochs": 40, "learning_rate": 0.05}, patience=2)
        assert failed(stopped) == {}
        found = metrics(stopped)
        assert found["epochs run until stopped"] < 40
        assert found["epoch whose weights are kept"] == found["epochs run until stopped"] - 2
