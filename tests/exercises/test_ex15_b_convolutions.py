"""ex15: full convolution, valid correlation and stuffing, against constants on paper."""

import pytest
import torch

from bench_exercises.ex15_conv1d_backward import b_convolutions


def vector(*values):
    return torch.tensor(values, dtype=torch.float64)


def test_operations_on_paper():
    a, k = vector(1, 2, 3), vector(1, 10)
    assert b_convolutions.full_convolution(a, k).tolist() == [1, 12, 23, 30]
    assert b_convolutions.full_correlation(a, k.flip(0)).tolist() == [1, 12, 23, 30]
    assert b_convolutions.full_correlation(a, k).tolist() == [10, 21, 32, 3]
    assert b_convolutions.valid_correlation(a, k).tolist() == [21, 32]
    assert b_convolutions.zero_stuffed(a, 3).tolist() == [1, 0, 0, 2, 0, 0, 3]
    assert b_convolutions.zero_stuffed(a, 1).tolist() == [1, 2, 3]


def test_a_kernel_that_is_too_long_is_named():
    with pytest.raises(ValueError, match="length 3 does not fit"):
        b_convolutions.valid_correlation(torch.zeros(2), torch.zeros(3))
