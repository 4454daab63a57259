from math import prod

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit.byhand import Running, batch_norm, batch_norm_backward, batch_norm_eval, layer_norm, layer_norm_backward


def draw(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


places = st.lists(st.integers(1, 4), max_size=2)
stability = st.sampled_from([1e-5, 1e-3])


@settings(max_examples=30)
@given(batch=st.integers(3, 5), channels=st.integers(1, 3), places=places, eps=stability)
def test_train_mode_in_any_shape(check, batch, channels, places, eps):
    inputs = (3 * draw(batch, channels, *places) + 1, draw(channels, seed=1), draw(channels, seed=2))
    check(
        "batch_norm",
        lambda x, w, b: F.batch_norm(x, None, None, weight=w, bias=b, training=True, eps=eps),
        inputs,
        eps=eps,
    )


@settings(max_examples=30)
@given(batch=st.integers(0, 3), channels=st.integers(1, 3), places=places, eps=stability)
def test_eval_mode_in_any_shape(check, batch, channels, places, eps):
    inputs = (draw(batch, channels, *places), draw(channels, seed=1), draw(channels, seed=2))
    running = Running(draw(channels, seed=3), draw(channels, seed=4).square())
    check(
        "batch_norm_eval",
        lambda x, w, b: F.batch_norm(x, *running, weight=w, bias=b, eps=eps),
        inputs,
        running,
        eps=eps,
    )


@settings(max_examples=30)
@given(
    batch=st.lists(st.integers(0, 3), max_size=2),
    features=st.lists(st.integers(1, 4), min_size=1, max_size=2).filter(lambda sizes: prod(sizes) >= 3),
    eps=stability,
)
def test_layer_norm_in_any_shape(check, batch, features, eps):
    inputs = (3 * draw(*batch, *features) + 1, draw(*features, seed=1), draw(*features, seed=2))
    check("layer_norm", lambda x, w, b: F.layer_norm(x, features, weight=w, bias=b, eps=eps), inputs, eps=eps)


def test_of_two_values_only_the_signs_are_left():
    """x̂ is all but ±1 whatever x is: dx is of the size of ε, a difference of numbers of the size of 1."""
    inputs = [draw(2, 3).requires_grad_(), draw(3, seed=1).requires_grad_(), draw(3, seed=2).requires_grad_()]
    expected = F.batch_norm(inputs[0], None, None, *inputs[1:], training=True)
    dy = draw(2, 3, seed=3)
    y, saved = batch_norm(*[x.detach() for x in inputs])
    torch.testing.assert_close(y, expected.detach(), rtol=0, atol=1e-12)
    for ours, theirs in zip(batch_norm_backward(dy, saved), torch.autograd.grad(expected, inputs, dy), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-13)


def test_of_one_feature_nothing_is_left():
    x, weight, bias = draw(4, 1), draw(1, seed=1), draw(1, seed=2)
    y, saved = layer_norm(x, weight, bias)
    dx, dweight, dbias = layer_norm_backward(torch.ones_like(y), saved)
    assert torch.equal(y, bias.expand(4, 1))
    assert torch.equal(dx, torch.zeros_like(x))
    assert (float(dweight), float(dbias)) == (0, 4)


def test_moving_averages_are_torchs_over_many_batches(moving_averages):
    moving_averages()


def test_the_gradient_of_a_train_batch_has_no_mean_and_no_part_along_x():
    x, weight = draw(8, 3), draw(3, seed=1)
    y, saved = batch_norm(x, weight, torch.zeros(3, dtype=torch.float64), eps=0.0)
    dx, _, _ = batch_norm_backward(draw(*y.shape, seed=2), saved)
    torch.testing.assert_close(dx.sum(0), torch.zeros(3, dtype=torch.float64), rtol=0, atol=1e-12)
    torch.testing.assert_close((dx * x).sum(0), torch.zeros(3, dtype=torch.float64), rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 3), (1, 3, 1), (1, 3, 1, 1), (0, 3), (0, 3, 4)])
def test_a_batch_without_variance_is_refused_in_train_mode_alone(shape):
    x, ones, zeros = torch.randn(shape), torch.ones(3), torch.zeros(3)
    with pytest.raises(ValueError, match=rf"more than one value per channel, x \({', '.join(map(str, shape))}\)"):
        batch_norm(x, ones, zeros)
    assert batch_norm_eval(x, ones, zeros, Running(zeros, ones))[0].shape == shape


def test_shapes_that_do_not_match_are_named():
    x, two, three = torch.randn(4, 3), torch.ones(2), torch.ones(3)
    with pytest.raises(ValueError, match=r"weight has the shape \(2,\), expected \(3,\)"):
        batch_norm(x, two, three)
    with pytest.raises(ValueError, match=r"variance has the shape \(2,\), expected \(3,\)"):
        batch_norm_eval(x, three, three, Running(three, two))
    with pytest.raises(ValueError, match=r"\(N, C, ...\), got \(3,\)"):
        batch_norm(three, three, three)
    with pytest.raises(ValueError, match=r"x \(4, 3\) must end in the shape of the weight \(2,\)"):
        layer_norm(x, two, two)
    with pytest.raises(ValueError, match=r"bias has the shape \(2,\), expected \(3,\)"):
        layer_norm(x, three, two)
