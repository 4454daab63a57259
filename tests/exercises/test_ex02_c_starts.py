"""ex02, starts: directions that no sample has, and a start that is forgotten there."""

import torch

from bench.testing import failed, lab
from bench_exercises.ex02_linear_networks import c_samples, c_starts
from bench_exercises.ex02_linear_networks.problem import Task, draw


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_unreached_directions():
    task = Task(double((1, 0, 0), (2, 0, 0)), double((1,), (2,)))
    assert torch.allclose(c_starts.unreached(task), torch.diag(double(0, 1, 1).flatten()), atol=1e-12)


def test_a_training_that_forgets_its_start_fails_claims(monkeypatch):
    right = c_starts.lbfgs
    monkeypatch.setattr(c_starts, "lbfgs", lambda task, weights: right(task, [0 * weights[0], *weights[1:]]))
    # From the saddle that small weights make of it a training would take thousands of steps, and say nothing more.
    monkeypatch.setattr(c_starts, "smaller", lambda here, few: None)
    here = lab()
    task, _ = draw(here, 40, 8, 6)
    c_starts.uniqueness(here, task, c_samples.first(task, 6))
    names = failed(here.findings)
    for network in "AC":
        assert f"n = 6: {network} from random weights ends elsewhere, relative distance" in names
        assert f"n = 6: {network} from random weights: N W₁ never moves, relative error" in names
