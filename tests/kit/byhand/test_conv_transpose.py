import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.kit.byhand import conv1d, conv1d_backward, conv_transpose1d, conv_transpose2d, conv_transpose2d_backward

FUNCTIONS = {1: ("conv_transpose1d", F.conv_transpose1d), 2: ("conv_transpose2d", F.conv_transpose2d)}


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@st.composite
def transposed(draws, axes):
    def sizes(low, high):
        return tuple(draws(st.tuples(*[st.integers(low, high)] * axes)))

    kernel, stride, padding, dilation = sizes(1, 3), sizes(1, 3), sizes(0, 2), sizes(1, 3)
    extra = tuple(draws(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    spatial = sizes(1, 3)
    output = [
        (n - 1) * s - 2 * p + d * (k - 1) + 1 + e
        for n, s, p, d, k, e in zip(spatial, stride, padding, dilation, kernel, extra, strict=True)
    ]
    assume(min(output) >= 1)
    groups = draws(st.integers(1, 2))
    x = (draws(st.integers(0, 2)), groups * draws(st.integers(1, 2)), *spatial)
    weight = (x[1], draws(st.integers(1, 2)), *kernel)
    keywords = {"stride": stride, "padding": padding, "output_padding": extra, "dilation": dilation, "groups": groups}
    return x, weight, keywords


@pytest.mark.parametrize("axes", [1, 2])
def test_any_geometry(check, axes):
    name, torchs = FUNCTIONS[axes]

    @settings(max_examples=40)
    @given(transposed(axes), st.booleans())
    def holds(layer, biased):
        x, weight, keywords = layer
        inputs = (draw(*x), draw(*weight, seed=1), draw(keywords["groups"] * weight[1], seed=2))
        check(name, lambda *x: torchs(*x, **keywords), inputs if biased else inputs[:2], **keywords)

    holds()


def test_it_is_the_input_gradient_of_a_convolution():
    x, weight = draw(2, 3, 9), draw(4, 3, 3, seed=1)
    y, saved = conv1d(x, weight, stride=2, padding=1)
    dy = draw(*y.shape, seed=2)
    spread, _ = conv_transpose1d(dy, weight, stride=2, padding=1)
    torch.testing.assert_close(spread, conv1d_backward(dy, saved)[0])


def test_output_padding_tells_apart_the_inputs_of_a_strided_convolution():
    for length in (9, 10):
        x, weight = draw(1, 1, length), draw(1, 1, 3, seed=1)
        y, _ = conv1d(x, weight, stride=2)
        back, _ = conv_transpose1d(y, weight, stride=2, output_padding=length % 2 == 0)
        assert back.shape == x.shape


def test_without_bias_there_is_no_bias_gradient():
    y, saved = conv_transpose2d(draw(1, 2, 3, 3), draw(2, 1, 2, 2))
    assert conv_transpose2d_backward(torch.ones_like(y), saved)[2] is None


@pytest.mark.parametrize(
    ("x", "weight", "keywords", "names"),
    [
        ((1, 2, 5), (3, 1, 3), {}, r"takes 3 channels, x \(1, 2, 5\) has 2"),
        ((1, 3, 5), (3, 1, 3), {"groups": 2}, r"groups=2 must divide the 3 channels"),
        ((1, 2, 5), (2, 1, 3), {"output_padding": 1}, r"output_padding \(1,\) must be smaller than the stride \(1,\)"),
        ((1, 2, 1), (2, 1, 2), {"padding": 1}, r"size \(0,\): input \(1,\), kernel \(2,\), padding \(1,\)"),
        ((2, 5), (2, 1, 3), {}, r"x is \(2, 5\)"),
        ((1, 2, 5), (2, 1, 3), {"bias": torch.zeros(2)}, r"bias has the shape \(2,\), expected \(1,\)"),
    ],
)
def test_what_does_not_fit_is_named(x, weight, keywords, names):
    with pytest.raises(ValueError, match=names):
        conv_transpose1d(draw(*x), draw(*weight), **keywords)
