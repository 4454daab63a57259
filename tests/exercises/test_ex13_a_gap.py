"""ex13, the gap: its widest place, and the bound of every rate."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex13_early_stopping import a_gap, by_hand


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_widest_gap_is_the_largest_on_a_grid():
    u, gap = a_gap.widest()
    grid = torch.linspace(0, 50, 500_001, dtype=torch.float64)
    gaps = 1 / (1 + grid) - torch.exp(-grid)
    assert gap == pytest.approx(float(gaps.max()), abs=1e-9)
    assert u == pytest.approx(float(grid[gaps.argmax()]), abs=1e-3)


@given(st.floats(1e-6, 0.95), st.integers(1, 5000))
def test_the_fractions_never_differ_by_more_than_is_allowed(step, steps):
    kept, shrunk = by_hand.stopped(double(step), 1.0, steps), by_hand.shrunk(double(step), 1 / steps)
    assert float((kept - shrunk).abs().max()) <= a_gap.allowed(1.0, step, steps) + 1e-12
    assert a_gap.allowed(1.0, step, steps) <= a_gap.allowed(1.0, step)


def test_a_learning_rate_too_large_is_named():
    with pytest.raises(ValueError, match="smaller learning rate"):
        a_gap.allowed(1.0, 1.5)
