"""ex10, b: a training by a falling rate against theory."""

import math
from types import SimpleNamespace

import pytest

from bench.testing import claims, lab
from bench_exercises.ex10_batch_size import b_effect
from bench_exercises.ex10_batch_size.b_rates import CONSTANT, PER_EPOCH


def history(*costs):
    return SimpleNamespace(
        epochs=[SimpleNamespace(train_loss=cost) for cost in costs], last=SimpleNamespace(train_loss=costs[-1])
    )


def test_between_two_epochs_the_logarithm_is_straight():
    assert b_effect.at(history(8.0, 2.0, 1.0), 0.5) == pytest.approx(4.0)
    assert b_effect.at(history(8.0, 2.0, 1.0), 2) == pytest.approx(1.0)


def test_the_jump_is_the_deviation_of_the_last_differences():
    assert b_effect.late_jump(history(9.0, 1.0, 2.0, 1.0, 2.0)) == pytest.approx(2 / math.sqrt(3))


def test_a_rate_that_does_not_fall_is_farther_on_than_its_sum_of_rates():
    here = lab()
    constant = history(*(math.exp(-e / 3) for e in range(16)))
    plan = SimpleNamespace(epochs=15)
    b_effect.same_way(here, plan, {CONSTANT: constant, PER_EPOCH: constant}, 0.9)
    passed = [claim.passed for claim in claims(here.findings).values()]
    assert passed == [False, True, True]


def test_a_rate_that_teaches_nothing_is_not_where_its_sum_of_rates_is():
    here = lab()
    constant, falling = history(*(2.3 - 0.015 * e for e in range(16))), history(2.3, 2.3)
    b_effect.same_way(here, SimpleNamespace(epochs=15), {CONSTANT: constant, PER_EPOCH: falling}, 0.9)
    passed = [claim.passed for claim in claims(here.findings).values()]
    assert passed == [True, True, False]
