"""ex08: the laws that experiments are held against, on paper, and the model solution beside the stacked training."""

import pytest
import torch

from bench_exercises.ex08_normalisation import checks, solution


def test_the_exponent_of_a_power():
    assert checks.exponent([1, 2, 4], [16.0, 4.0, 1.0]) == pytest.approx(-2)


def test_the_normal_distribution():
    z = torch.tensor([0.0, 1.959963984540054], dtype=torch.float64)
    assert checks.below(z).tolist() == pytest.approx([0.5, 0.975])
    assert checks.density(z)[0].item() == pytest.approx(0.3989422804)


def test_skewness_of_three_numbers():
    """0, 0, 3 about their mean 1: (-1 - 1 + 8)/3 = 2 over 2^(3/2)."""
    assert checks.skewness(torch.tensor([[0.0], [0.0], [3.0]])).item() == pytest.approx(2**-0.5)


@pytest.mark.parametrize("normed", [False, True])
def test_the_solution_trains_as_the_stacked_networks_do(normed, monkeypatch):
    rate = torch.tensor([0.1], dtype=torch.float64)
    assert checks.solution_apart(normed, rate, torch.Generator().manual_seed(3), steps=5) < 1e-12
    monkeypatch.setattr(solution.BatchNorm, "forward", lambda self, x: x - x.mean(0))
    assert checks.solution_apart(normed, rate, torch.Generator().manual_seed(3), steps=5) > 1e-3 or not normed
