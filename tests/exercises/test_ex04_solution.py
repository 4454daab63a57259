"""ex04, solution: what a student could hand in is the sheet's network, and trains as the kit does."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from bench_exercises.ex04_cifar10 import checks, reference, solution
from bench_exercises.ex04_cifar10.network import PARAMETERS, count, initial
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs


def test_its_network_is_the_sheets():
    net = solution.network()
    assert count(net) == PARAMETERS
    linear = [(layer.in_features, layer.out_features) for layer in net if isinstance(layer, nn.Linear)]
    assert linear == [(4096, 1024), (1024, 512), (512, 10)]
    assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_it_trains_as_the_kit_does_step_by_step():
    here, setting, _ = ex04_tiny.posed()
    small = checks.Small.of(here, setting)
    losses, scores, net = checks.by_kit(small)
    start = checks.deepcopy(small.start)
    found, seen = checks.by_solution(small, start)
    assert found == pytest.approx(losses, abs=1e-12)
    assert list(itertools.chain(*seen)) == pytest.approx(list(itertools.chain(*scores)), abs=1e-12)
    for ours, theirs in zip(net.parameters(), start.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_a_whole_training_of_the_exercise_is_its_own_too():
    here, setting, photos = ex04_tiny.posed()
    setting = replace(setting, epochs=2)
    trained = reference.train(here, setting, photos)
    sets = [TensorDataset(some.ready(some.x), some.y) for some in (photos.train, photos.test)]
    losses, scores, seconds = solution.train(initial(0, width=1 / 16), *sets, epochs=2, learning_rate=0.02)
    assert losses == pytest.approx(trained.history.losses.tolist(), abs=1e-4)
    assert scores[-1][2] == pytest.approx(trained.history.last.test_loss, abs=1e-4)
    assert seconds > 0
