import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit.byhand import conv1d, conv1d_backward, conv2d, conv2d_backward

FUNCTIONS = {1: ("conv1d", F.conv1d), 2: ("conv2d", F.conv2d)}


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@st.composite
def convolutions(draws, axes):
    """Sizes with padding, stride, dilation and groups: the padded input holds the kernel, and some more."""

    def sizes(low, high):
        return tuple(draws(st.tuples(*[st.integers(low, high)] * axes)))

    kernel, stride, padding, dilation = sizes(1, 3), sizes(1, 3), sizes(0, 2), sizes(1, 2)
    more = sizes(0, 3 if axes == 1 else 2)
    groups = draws(st.integers(1, 3))
    spatial = [max(1, d * (k - 1) + 1 - 2 * p + m) for k, p, d, m in zip(kernel, padding, dilation, more, strict=True)]
    x = (draws(st.integers(0, 2)), groups * draws(st.integers(1, 2)), *spatial)
    weight = (groups * draws(st.integers(1, 2)), x[1] // groups, *kernel)
    return x, weight, {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}


@pytest.mark.parametrize("axes", [1, 2])
def test_any_geometry(check, axes):
    name, torchs = FUNCTIONS[axes]

    @settings(max_examples=40)
    @given(convolutions(axes), st.booleans())
    def holds(convolution, biased):
        x, weight, keywords = convolution
        inputs = (draw(*x), draw(*weight, seed=1), draw(weight[0], seed=2))
        check(name, lambda *x: torchs(*x, **keywords), inputs if biased else inputs[:2], **keywords)

    holds()


def test_one_number_serves_every_axis():
    x, weight = draw(1, 2, 8, 8), draw(3, 2, 3, 3, seed=1)
    both, _ = conv2d(x, weight, stride=2, padding=1, dilation=2)
    each, _ = conv2d(x, weight, stride=(2, 2), padding=(1, 1), dilation=(2, 2))
    assert torch.equal(both, each)


def test_input_gradient_is_dy_under_the_flipped_kernel():
    x, weight = draw(1, 1, 6), draw(1, 1, 3, seed=1)
    y, saved = conv1d(x, weight)
    dy = draw(*y.shape, seed=2)
    full, _ = conv1d(dy, weight.flip(-1), padding=2)
    valid, _ = conv1d(x, dy)
    dx, dweight, _ = conv1d_backward(dy, saved)
    torch.testing.assert_close(dx, full)
    torch.testing.assert_close(dweight, valid)


def test_a_kernel_as_large_as_the_input_is_a_linear_layer():
    x, weight = draw(4, 3, 5, 2), draw(6, 3, 5, 2, seed=1)
    y, saved = conv2d(x, weight)
    torch.testing.assert_close(y.flatten(1), x.flatten(1) @ weight.flatten(1).T)
    assert conv2d_backward(torch.ones_like(y), saved)[2] is None


@pytest.mark.parametrize(
    ("x", "weight", "keywords", "names"),
    [
        ((1, 1, 3), (1, 1, 4), {}, r"kernel \(4,\).*longer than the input: \(3,\)"),
        ((1, 1, 4), (1, 1, 3), {"dilation": 2}, r"dilation \(2,\) spans \(5,\)"),
        ((1, 1, 1), (1, 1, 4), {"padding": 1}, r"\(1,\) with padding \(1,\) is \(3,\)"),
        ((1, 3, 8), (2, 2, 3), {}, r"takes 2 channels, x \(1, 3, 8\) has 3"),
        ((1, 3, 8), (2, 1, 3), {"groups": 2}, r"groups=2 must divide the 3 channels"),
        ((1, 2, 8), (3, 1, 3), {"groups": 2}, r"groups=2 must divide.* the 3 of the weight \(3, 1, 3\)"),
        ((1, 2, 8), (2, 2, 3), {"groups": 0}, r"groups=0"),
        ((2, 8), (2, 2, 3), {}, r"x is \(2, 8\)"),
        ((1, 2, 8), (2, 2, 3), {"stride": 0}, r"stride=0 must be at least 1"),
        ((1, 2, 8), (2, 2, 3), {"padding": -1}, r"padding=-1 must be at least 0"),
        ((1, 2, 8), (2, 2, 3), {"stride": (1, 1)}, r"stride=\(1, 1\) has 2 values for 1"),
        ((1, 2, 8), (2, 2, 3), {"bias": torch.zeros(3)}, r"bias has the shape \(3,\), expected \(2,\)"),
    ],
)
def test_what_does_not_fit_is_named(x, weight, keywords, names):
    with pytest.raises(ValueError, match=names):
        conv1d(draw(*x), draw(*weight), **keywords)
