"""ex15: the sums against constants on paper, convolutions, matrices, NumPy, autograd, and central differences."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit.compare import max_error
from bench.testing import lab
from bench_exercises.ex15_conv1d_backward import b_convolutions, by_hand, checks, network, reference
from bench_exercises.ex15_conv1d_backward.problem import Configuration, Slide, draw


def vector(*values):
    return torch.tensor(values, dtype=torch.float64)


@st.composite
def configurations(draw_from):
    m, r = draw_from(st.integers(1, 5)), draw_from(st.integers(1, 2))
    p = draw_from(st.integers(0, 2))
    least = max(1, r * (m - 1) + 1 - 2 * p)
    n = draw_from(st.integers(least, least + 7))
    s, channels, outputs = (draw_from(st.integers(1, most)) for most in (4, 3, 3))
    return Configuration(reading="drawn", n=n, m=m, s=s, p=p, r=r, C=channels, O=outputs)


@settings(max_examples=50)
@given(configurations(), st.integers(0, 99))
def test_sums_convolutions_matrices_and_autograd_agree(configuration, seed):
    values = draw(lab(seed), configuration)
    x, w, b, d, slide = values
    assert max_error(network.forward(x, w, b, slide), reference.output(values)) <= 1e-12
    sums = by_hand.backward(d, x, w, slide)
    assert max_error(sums, reference.by_autograd(values)) <= 1e-12
    assert max_error(sums, reference.by_library(values)) <= 1e-12
    assert max_error(sums, b_convolutions.backward(d, x, w, slide)) <= 1e-12
    assert max_error(sums, checks.by_matrices(values)) <= 1e-12
    assert max_error(sums, reference.by_numpy(values)) <= 1e-12
    assert checks.adjoint_error(sums, values) <= 1e-12


@settings(max_examples=15)
@given(configurations())
def test_sums_are_the_slope(configuration):
    assert checks.differences_error(draw(lab(), configuration)) <= 1e-6


def test_written_out_on_paper():
    x, w, d = vector(5, 6, 7, 8)[None], vector(1, 2, 3)[None, None], vector(1, 10)[None]
    dx, dw, db = by_hand.backward(d, x, w)
    assert dx.tolist() == [[1, 12, 23, 30]]
    assert dw.tolist() == [[[65, 76, 87]]]
    assert db.tolist() == [11]


def test_strided_on_paper():
    x, w, d = vector(1, 2, 3, 4, 5, 6)[None], vector(1, 2, 3)[None, None], vector(1, 10)[None]
    dx, dw, _ = by_hand.backward(d, x, w, Slide(2))
    assert dx.tolist() == [[1, 2, 13, 20, 30, 0]]
    assert dw.tolist() == [[[31, 42, 53]]]


def test_a_wrong_d_is_named():
    with pytest.raises(ValueError, match=r"d has shape \(2, 2\).*\(2, 3\)"):
        by_hand.backward(torch.zeros(2, 2), torch.zeros(1, 5), torch.zeros(2, 1, 3))
