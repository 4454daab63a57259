"""ex02, how often the rule fails, and directions that no sample has."""

import torch

from bench.testing import lab
from bench_exercises.ex02_linear_networks import c_samples
from bench_exercises.ex02_linear_networks.by_hand import optimum
from bench_exercises.ex02_linear_networks.problem import Task


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_disagreements_counts_them(monkeypatch):
    assert c_samples.disagreements(lab(), 5) == 0
    right = optimum
    monkeypatch.setattr(
        c_samples, "optimum", lambda task: type("Same", (), {"error": lambda self, rank: right(task).error(9)})()
    )
    assert c_samples.disagreements(lab(), 5) == 1


def test_unreached_directions():
    task = Task(double((1, 0, 0), (2, 0, 0)), double((1,), (2,)))
    assert torch.allclose(c_samples.unreached(task), torch.diag(double(0, 1, 1).flatten()), atol=1e-12)
