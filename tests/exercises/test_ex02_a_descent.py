"""ex02, gradient descent: what may be asked for, and a step of two layers on paper."""

import pytest
import torch

from bench.testing import failed, lab, run_part
from bench_exercises.ex02_linear_networks import a_descent, exercise
from bench_exercises.ex02_linear_networks.problem import Task


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_a_step_of_two_layers_on_paper():
    """x = 1, y = 0, W1 = 2, W2 = 3: the gradient of W is 6, so W1 -> 2 - 0.1·18 = 0.2 and W2 -> 3 - 0.1·12 = 1.8."""
    moved, formula = a_descent.step_of_product(Task(double((1,)), double((0,))), [double((2,)), double((3,))], 0.1)
    assert moved.item() == pytest.approx(0.2 * 1.8 - 6)
    assert formula.item() == pytest.approx(0.2 * 1.8 - 6)


def test_too_few_steps_and_rates_that_do_not_fall_are_refused():
    limits = exercise.parts["a.epochs"].limits
    assert not limits["steps"].allow(9)
    assert limits["steps"].allow(10)
    assert not limits["rate"].allow(0.0)


def test_another_rate_leaves_the_claims_of_the_declared_one_unmade():
    found = run_part(exercise, "a.epochs", lab(), rate=0.01, steps=10)
    assert failed(found) == {}
    assert {"m=1, after 10 steps: A above C, in standard errors"} < set(found.unmade)


def test_half_a_step_fails_the_closed_form(monkeypatch):
    right = a_descent.descend
    monkeypatch.setattr(a_descent, "descend", lambda *args, rate, **rest: right(*args, rate=rate / 2, **rest))
    assert "A: error after 10 steps = its closed form, over ‖Y‖²" in failed(
        run_part(exercise, "a.epochs", lab(), steps=10)
    )
