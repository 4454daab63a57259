"""ex13, noise: the expected error on paper, and the largest price of a flow."""

import pytest
import torch

from bench_exercises.ex13_early_stopping import a_risk
from bench_exercises.ex13_early_stopping.a_risk import risk


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_risk_on_paper():
    kept = double((0.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    assert risk(kept, double(1.0, 0.1), double(1.0, 2.0), noise=1.0, n=10).tolist() == pytest.approx([5.0, 1.1, 1.275])


def test_the_largest_ratio_of_variances():
    assert 1.6858 < a_risk.worst_variance() < 1.6862  # the bound that Ali, Kolter and Tibshirani state
