"""ex08.a: what counts as learning."""

import math

import torch

from bench_exercises.ex08_normalisation import a_sweep


def test_the_span_of_nothing_is_not_a_number():
    assert a_sweep.span([0.5, 2.0]) == 4
    assert math.isnan(a_sweep.span([]))


def test_settings_that_learn_in_every_seed():
    losses = torch.tensor([[0.1, 0.1, 0.7], [0.1, 0.6, 0.1]])
    assert a_sweep.settings_that_learn((1.0, 2.0, 3.0), losses) == [1.0]
