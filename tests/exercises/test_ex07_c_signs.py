"""ex07.c: the exact sign test."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex07_iris_by_hand.c_signs import Signs, count


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_the_sign_test_by_hand_is_scipys(wins, losses, ties):
    signs = Signs(wins, losses, ties)
    assert signs.p_by_hand == pytest.approx(signs.p, rel=1e-9)


def test_no_pair_decided_decides_nothing():
    assert Signs(0, 0, 3).p == Signs(0, 0, 3).p_by_hand == 1


def test_five_pairs_cannot_decide():
    assert Signs(5, 0, 0).p == pytest.approx(0.0625, rel=1e-12)
    assert Signs(5, 0, 0).p_by_hand == 0.0625


def test_signs_are_counted():
    assert count(torch.tensor([1.0, 2.0, -3.0, 0.0])) == Signs(2, 1, 1)
