"""ex02, starts: directions that no sample has, and a start that is forgotten there."""

import torch

from bench.testing import failed, lab, run_part
from bench_exercises.ex02_linear_networks import c_starts, exercise
from bench_exercises.ex02_linear_networks.problem import Task


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_unreached_directions():
    task = Task(double((1, 0, 0), (2, 0, 0)), double((1,), (2,)))
    assert torch.allclose(c_starts.unreached(task), torch.diag(double(0, 1, 1).flatten()), atol=1e-12)


def test_a_training_that_forgets_its_start_fails_claims(monkeypatch):
    right = c_starts.lbfgs
    monkeypatch.setattr(c_starts, "lbfgs", lambda task, weights: right(task, [0 * weights[0], *weights[1:]]))
    names = failed(run_part(exercise, "c", lab()))
    assert "n = 6: A from random weights ends elsewhere, relative distance" in names
