"""ex02, checks: what a width leaves out, and every mistake computes something else."""

import pytest
import torch

from bench.testing import lab, run_part
from bench_exercises.ex02_linear_networks import b_fit, checks, exercise
from bench_exercises.ex02_linear_networks.problem import Task


def double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


ON_PAPER = Task(double((1, 0), (0, 1), (0, 0)), double((3, 0), (0, 1), (0, 2)))


def test_what_a_width_leaves_out_on_paper():
    """|Y|² = 14, and P has the singular values 3 and 1."""
    assert checks.singular_values(ON_PAPER).tolist() == pytest.approx([3, 1])
    assert [checks.left_out(ON_PAPER, width) for width in (None, 0, 1, 2)] == pytest.approx([0, 10 / 14, 1 / 14, 0])


def test_every_mistake_fails_its_claim(monkeypatch):
    monkeypatch.setattr(b_fit, "trained", lambda here, task, generator: None)
    found = run_part(exercise, "b", lab(3))
    (table,) = [table for table in found.tables if table.name == "Break it"]
    assert len(table.rows) == len({row[0] for row in table.rows}) == 10
    (claim,) = [claim for claim in found.claims if claim.name.startswith("break it")]
    assert claim.passed
