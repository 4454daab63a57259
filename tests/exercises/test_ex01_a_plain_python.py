"""ex01.a: Python's own floats take the same steps."""

import pytest
import torch

from bench_exercises.ex01_one_step_by_hand import a_plain_python, problem, reference

W = torch.tensor(problem.WEIGHTS, dtype=torch.float64)
PROBE = torch.tensor(problem.PROBE, dtype=torch.float64)


def test_plain_python_takes_the_same_steps():
    current = W
    for _ in range(5):
        current = current - 0.1 * reference.by_autograd(current, PROBE, "half_mse", "source_major", target=0.7)
    found = a_plain_python.in_plain_python(W.tolist(), [(PROBE.tolist(), 0.7)], 0.1, 5)
    assert found == pytest.approx(current.tolist(), rel=1e-12)
