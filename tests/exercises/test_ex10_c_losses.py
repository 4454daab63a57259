"""ex10, c: six losses by formula and by PyTorch."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex10_batch_size import c_losses, c_targets
from bench_exercises.ex10_batch_size.c_losses import KINDS


@st.composite
def answers(draw):
    """Log-probabilities (N, 10) and classes."""
    n, seed, scale = draw(st.integers(1, 12)), draw(st.integers(0, 999)), draw(st.sampled_from((0.01, 1.0, 30.0)))
    stream = torch.Generator().manual_seed(seed)
    x = (scale * torch.randn(n, 10, generator=stream)).double().log_softmax(1)
    return x, torch.randint(10, (n,), generator=stream)


@pytest.mark.parametrize("name", KINDS)
@given(given=answers())
def test_formula_and_gradient_are_pytorchs(name, given):
    x, y = given
    kind = KINDS[name]
    value, slope = c_targets.value_and_slope(kind.loss, x, y)
    torch.testing.assert_close(value, kind.formula(x, y).mean(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(slope, kind.slope(x, y), rtol=1e-12, atol=1e-12)
    assert kind.formula(x, y).min() >= kind.lowest - 1e-12


def test_the_numbers_of_the_sheet():
    assert [round(kind.uniform, 4) for kind in KINDS.values()] == [2.3026, 0.3256, 0.9, 0.3303, 2.9312, 0.9]
    assert [round(kind.lowest, 4) for kind in KINDS.values()] == [0, 0.0693, 0, 0.1, 2.9187, 0]
    assert c_losses.gaussian_optimum() == pytest.approx(0.127, abs=5e-4)


def test_the_optimum_of_the_gaussian_is_one():
    best = c_losses.gaussian_optimum()
    assert c_losses.gaussian_of(best) < min(c_losses.gaussian_of(best * factor) for factor in (0.999, 1.001))


def test_class_lists_end_with_minus_one():
    lists = c_losses.class_lists(torch.zeros(2, 4), torch.tensor([3, 0]))
    assert lists.tolist() == [[3, -1, -1, -1], [0, -1, -1, -1]]
    assert lists.dtype == torch.int64
