"""ex07.b.speed: our exponential."""

import numpy as np
import pytest

from bench_exercises.ex07_iris_by_hand.b_exponentials import exponentials, workspace


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_exponential_is_exact_to_the_last_bits(dtype):
    x = -np.concatenate([np.linspace(0, 1, 5000), np.linspace(1, 85, 5000)]).astype(dtype)
    out = np.empty_like(x)
    exponentials(x, out, workspace(x))
    assert np.abs(out / np.exp(x.astype(np.longdouble)) - 1).max() < 1.01 * np.finfo(dtype).eps


def test_the_exponential_of_what_is_far_below_is_nearly_nothing():
    x = np.array([-1e3, -1e30, -np.inf], np.float32)
    out = np.empty_like(x)
    exponentials(x, out, workspace(x))
    assert (out >= 0).all()
    assert out.max() < 1e-37
