import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit.byhand import linear, linear_backward


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(max_examples=30)
@given(
    batch=st.lists(st.integers(0, 3), max_size=3),
    features=st.integers(1, 5),
    outputs=st.integers(1, 4),
    biased=st.booleans(),
)
def test_any_number_of_batch_axes(check, batch, features, outputs, biased):
    inputs = (draw(*batch, features), draw(outputs, features, seed=1), draw(outputs, seed=2))
    check("linear", F.linear, inputs if biased else inputs[:2])


def test_without_bias_there_is_no_bias_gradient():
    y, saved = linear(draw(2, 3), draw(4, 3))
    assert linear_backward(torch.ones_like(y), saved)[2] is None


@pytest.mark.parametrize(
    ("x", "weight", "bias", "names"),
    [
        ((2, 3), (4, 5), (4,), r"\(2, 3\).*5 features.*\(4, 5\)"),
        ((2, 3), (4, 3), (3,), r"bias has the shape \(3,\), expected \(4,\)"),
        ((2, 3), (3,), (3,), r"\(out, in\), got \(3,\)"),
    ],
)
def test_shapes_that_do_not_match_are_named(x, weight, bias, names):
    with pytest.raises(ValueError, match=names):
        linear(draw(*x), draw(*weight), draw(*bias))
