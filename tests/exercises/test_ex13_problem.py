"""ex13, the problem: inputs have the curvatures they should have, and bad sizes are named."""

import pytest
import torch

from bench_exercises.ex13_early_stopping.problem import Regression, inputs, spread


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_drawn_inputs_have_the_curvatures():
    x, _, q = inputs(torch.Generator().manual_seed(3), 9, [0.1, 0.5, 2.0])
    assert torch.allclose(q.T @ (x.T @ x / 9) @ q, torch.diag(double(0.1, 0.5, 2.0)), atol=1e-12)
    assert spread(0.01, 1.0, 3) == pytest.approx([0.01, 0.1, 1.0])


def test_bad_parameters_are_named():
    with pytest.raises(ValueError, match=r"\(3, 2\) and targets \(2,\)"):
        Regression(torch.zeros(3, 2), torch.zeros(2))
    with pytest.raises(ValueError, match="n=2 samples"):
        inputs(torch.Generator(), 2, [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="none of them negative"):
        inputs(torch.Generator(), 2, [-1.0])
    with pytest.raises(ValueError, match="0 < low <= high"):
        spread(0.0, 1.0, 3)
