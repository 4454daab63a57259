"""ex01.a: the model solution gives what is worked out by hand, and is short."""

import inspect

import pytest
import torch

from bench.kit.byhand import adam, sgd
from bench.kit.compare import max_error
from bench.testing import failed, lab
from bench_exercises.ex01_one_step_by_hand import a_one_step, by_hand, network, problem, solution

W, X = (torch.tensor(values, dtype=torch.float64) for values in (problem.WEIGHTS, problem.INPUTS))


@pytest.mark.parametrize("ordering", problem.ORDERINGS)
@pytest.mark.parametrize(("name", "rule", "lr"), [("SGD", sgd, 0.1), ("Adam", adam, 0.001)])
def test_it_takes_the_step_by_hand(ordering, name, rule, lr):
    at = network.forward(W, X, ordering)
    g = by_hand.backward(at, W, X, loss="half_mse", ordering=ordering).gradient
    loss, gradients, weights = solution.one_iteration(ordering, name)
    assert loss == pytest.approx(float(at.o) ** 2 / 2, rel=1e-12)
    assert max_error(gradients, a_one_step.split_rows(g, ordering)) < 1e-12
    assert max_error(weights, a_one_step.split_rows(by_hand.after(rule, W, g, lr), ordering)) < 1e-12


def test_it_has_at_most_60_lines():
    assert len(inspect.getsource(solution).splitlines()) <= 60


def test_a_mistake_in_it_is_seen(monkeypatch):
    monkeypatch.setattr(solution, "X", -solution.X)
    study = lab()
    a_one_step.claim_solution(study, W, X, problem.ORDERINGS)
    assert list(failed(study.findings)) == ["solution.py: loss, gradients and weights = by hand"]
