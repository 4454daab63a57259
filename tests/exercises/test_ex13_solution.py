"""ex13, the model solution: two steps on paper, the penalty, and where it stops."""

import pytest
import torch

from bench_exercises.ex13_early_stopping import by_hand, solution
from bench_exercises.ex13_early_stopping.problem import Regression


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


X, Y = double((1.0, 0.0), (0.0, 2.0)), double(4.0, 4.0)


def test_two_steps_on_paper():
    weights, costs = solution.train(X, Y, learning_rate=0.25, steps=2)
    assert weights.tolist() == pytest.approx([0.9375, 1.5])
    assert costs == pytest.approx([8.0, 12.25 / 4 + 1.0])


def test_with_a_penalty_it_ends_at_ridge():
    weights, _ = solution.train(X, Y, learning_rate=0.25, steps=400, penalty=2.0)
    assert weights.tolist() == pytest.approx(by_hand.ridge(Regression(X, Y), 2.0).tolist())


def test_it_stops_where_the_held_out_error_is_least_and_keeps_those_weights():
    held_out = (double((1.0, 0.0), (0.0, 1.0)), double(0.9375, 1.5))  # the second iterate is right there
    weights, step = solution.train_with_early_stopping((X, Y), held_out, learning_rate=0.25, patience=3)
    assert step == 2
    assert weights.tolist() == pytest.approx([0.9375, 1.5])
