"""ex07.a, the trap: what the second softmax computes, its bounds, and how little it pulls."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from bench_exercises.ex07_iris_by_hand.a_trap import CEILING, FLOOR, LOSSES, double_softmax, pull

DOUBLE = torch.float64


def test_double_softmax_is_what_the_mistake_computes():
    logits, y = torch.randn(1, 20, 3, dtype=DOUBLE), torch.randint(3, (1, 20))
    theirs = nn.CrossEntropyLoss()(nn.Softmax(-1)(logits[0]), y[0])
    torch.testing.assert_close(double_softmax(logits, y).mean(), theirs)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), st.integers(0, 2))
def test_the_bounds_of_the_double_softmax(logits, y):
    loss = float(double_softmax(torch.tensor([[logits]], dtype=DOUBLE), torch.tensor([[y]])))
    assert FLOOR - 1e-12 <= loss <= CEILING + 1e-12


def test_the_bound_is_the_sheets_number():
    assert pytest.approx(-math.log(math.e / (math.e + 2)), abs=1e-15) == FLOOR
    assert round(FLOOR, 4) == 0.5514


def test_a_certain_mistake_pulls_with_one_softmax_alone():
    logits, y = torch.tensor([[[20.0, 0, 0]]], dtype=DOUBLE), torch.tensor([[1]])
    assert pull(logits, y, LOSSES["log-softmax"]) > 1.4
    assert pull(logits, y, LOSSES["softmax twice"]) < 1e-7
