"""ex08.b: the ratio of variances, and what stands before the norm."""

import pytest
import torch

from bench_exercises.ex08_normalisation import b_shift


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


@pytest.mark.parametrize(("p", "ratio"), [(0.5, 2.467), (0.3, 1.629), (0.15, 1.259)])
def test_predicted_variance_shift(p, ratio):
    assert b_shift.predicted_ratio(p) == pytest.approx(ratio, abs=5e-4)


def test_what_stands_before_the_norm():
    z, mask = column(-2.0, 4.0), column(1.0, 0.0)
    assert b_shift.norm_input(("norm", "drop"), z, mask, 0.5).flatten().tolist() == [-2, 4]
    assert b_shift.norm_input(("relu", "norm", "drop"), z, mask, 0.5).flatten().tolist() == [0, 4]
    assert b_shift.norm_input(("drop", "norm"), z, mask, 0.5).flatten().tolist() == [-4, 0]
