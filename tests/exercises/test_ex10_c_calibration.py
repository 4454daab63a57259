"""ex10, c: how calibration is measured."""

import math

import pytest
import torch

from bench_exercises.ex10_batch_size.c_calibration import calibration_error, quality, reliability
from bench_exercises.ex10_batch_size.checks import paired_difference, standard_error


class TestCalibration:
    def test_error_against_the_definition(self):
        p = torch.tensor([[0.95, 0.05], [0.91, 0.09], [0.45, 0.55], [0.4, 0.6]]).double()
        y = torch.tensor([0, 1, 1, 1])
        # [0.9, 1): right 1 of 2 at 0.93; [0.5, 0.6): right at 0.55; [0.6, 0.7): right at 0.6
        assert calibration_error(reliability(p, y)) == pytest.approx((2 * 0.43 + 0.45 + 0.4) / 4)

    def test_who_is_always_right_and_sure_has_none(self):
        result = quality(torch.eye(4).double(), torch.arange(4))
        assert (result.accuracy, result.error, result.p_true, result.brier) == (1, 0, 1, 0)

    def test_ten_equal_probabilities(self):
        result = quality(torch.full((20, 10), 0.1, dtype=torch.float64), torch.arange(20) % 10)
        assert result.brier == pytest.approx(0.9)
        assert result.error == pytest.approx(0, abs=1e-12)

    def test_paired_difference_counts_disagreements_alone(self):
        ours, theirs = torch.tensor([1, 1, 1, 0, 1, 1]).bool(), torch.tensor([1, 0, 0, 1, 1, 1]).bool()
        difference, error = paired_difference(ours, theirs)
        assert difference == pytest.approx(1 / 6)
        assert error == pytest.approx(math.sqrt((3 - 1 / 6) / 36))
        assert paired_difference(ours, ours) == (0, 0)

    def test_standard_error(self):
        assert standard_error(0.9, 900) == pytest.approx(0.01)
