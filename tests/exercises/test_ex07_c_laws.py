"""ex07.c: what theory says of layers, narrow, wide, or of weights that are not symmetric."""

import math

import pytest
import torch

from bench.testing import failed, lab
from bench_exercises.ex07_iris_by_hand import c_symmetry, c_widths
from bench_exercises.ex07_iris_by_hand.c_laws import by_torch, mean_field


def test_he_keeps_a_gradient_behind_relu():
    theory = mean_field(torch.relu, lambda z: (z > 0).to(z), (2.0, 0.0), 30)
    assert theory.gain == pytest.approx(1)
    assert theory.kappa == pytest.approx(5)


def test_torch_draws_with_the_laws_that_are_printed():
    drawn = by_torch(4, 5)
    torch.testing.assert_close(drawn["Xavier"], torch.full((5, 4), math.sqrt(2 / 9)))
    torch.testing.assert_close(drawn["He"], torch.full((5, 4), math.sqrt(2 / 4)))
    torch.testing.assert_close(drawn["PyTorch default"], torch.full((5, 4), math.sqrt(1 / 12)))


def test_either_of_hes_conditions_suffices():
    forwards, backwards = c_widths.LAWS["2 / inputs"], c_widths.LAWS["2 / outputs"]
    assert c_widths.expected(forwards) == pytest.approx((1, 256 / 64))
    assert c_widths.expected(backwards) == pytest.approx((64 / 256, 1))
    assert c_widths.deep(forwards) == pytest.approx(1)
    assert c_widths.deep(c_widths.LAWS["4 / (inputs + outputs)"]) == pytest.approx(0.64**15)


def test_five_skewed_weights_keep_two_thirds():
    assert c_symmetry.kept(5) == pytest.approx(1 - 0.9**5 * 25 / 45)
    assert c_symmetry.kept(1) == pytest.approx(0.9)


@pytest.mark.parametrize("seed", range(3))
def test_the_claims_hold(seed):
    here = lab(seed)
    c_widths.study(here)
    c_symmetry.study(here)
    assert failed(here.findings) == {}
