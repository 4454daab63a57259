"""ex09: the model solution is short, and a mistake in it is seen."""

import inspect

from bench.testing import lab
from bench_exercises.ex09_vanishing_gradient import by_hand, checks, solution
from bench_exercises.ex09_vanishing_gradient.problem import A_NORMED, B, Choices


def test_it_is_our_training_epoch_by_epoch():
    here = lab()
    for model in (B, A_NORMED):
        cell = by_hand.trained(here, model, 2, Choices(epochs=3))
        trace, norms = checks.solution_error(cell, 1)
        assert trace < 1e-10
        assert norms < 1e-8


def test_it_has_at_most_60_lines():
    assert len(inspect.getsource(solution).splitlines()) <= 60


def test_a_mistake_in_it_is_seen(monkeypatch):
    right = solution.gradient_norms
    monkeypatch.setattr(solution, "gradient_norms", lambda *args: [[l2, l1] for l1, l2 in right(*args)])
    cell = by_hand.trained(lab(), B, 1, Choices(epochs=1))
    assert checks.solution_error(cell)[1] > 0.1
