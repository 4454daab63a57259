"""ex13, the nearest ridge."""

import math

import pytest
import torch

from bench_exercises.ex13_early_stopping.a_best import nearest


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_nearest_ridge_of_a_single_direction_is_its_own_alpha():
    found = nearest(double(0.5), double(1.0), 0.1, double(1.0, 20.0))
    assert found.product.tolist() == pytest.approx([0.95, 1 / (math.exp(-20 * math.log(0.95)) - 1)], rel=0.01)
    assert float(found.distance.max()) < 0.005
