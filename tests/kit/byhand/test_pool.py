import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit import byhand

FUNCTIONS = {
    ("avg", 1): F.avg_pool1d,
    ("avg", 2): F.avg_pool2d,
    ("max", 1): F.max_pool1d,
    ("max", 2): F.max_pool2d,
}


def distinct(*shape):
    """Numbers far apart, in random order: no maximum is near a tie."""
    count = torch.Size(shape).numel()
    return torch.randperm(count, generator=torch.Generator().manual_seed(count)).double().view(shape) / 10


@st.composite
def pools(draws, axes):
    def sizes(low, high):
        return tuple(draws(st.tuples(*[st.integers(low, high)] * axes)))

    kernel, more = sizes(1, 4), sizes(0, 4)
    padding = tuple(draws(st.integers(0, k // 2)) for k in kernel)
    spatial = [max(1, k - 2 * p + m) for k, p, m in zip(kernel, padding, more, strict=True)]
    x = (draws(st.integers(0, 2)), draws(st.integers(1, 2)), *spatial)
    return x, kernel, {"stride": draws(st.none() | st.just(sizes(1, 4))), "padding": padding}


@pytest.mark.parametrize(("kind", "axes"), FUNCTIONS)
def test_any_geometry(check, kind, axes):
    @settings(max_examples=30)
    @given(pools(axes), st.booleans())
    def holds(pool, counted):
        x, kernel, keywords = pool
        keywords = {**keywords, "count_include_pad": counted} if kind == "avg" else keywords
        reference = FUNCTIONS[kind, axes]
        check(f"{kind}_pool{axes}d", lambda x: reference(x, kernel, **keywords), (distinct(*x),), kernel, **keywords)

    holds()


@pytest.mark.parametrize("axes", [1, 2])
def test_of_equal_values_the_first_wins_as_in_torch(axes):
    @settings(max_examples=60)
    @given(pools(axes), st.integers(1, 3))
    def holds(pool, levels):
        shape, kernel, keywords = pool
        x = (distinct(*shape) * 10 % levels).requires_grad_()
        expected = FUNCTIONS["max", axes](x, kernel, **keywords)
        dy = distinct(*expected.shape)
        (expected_dx,) = torch.autograd.grad(expected, x, dy)
        y, saved = getattr(byhand, f"max_pool{axes}d")(x.detach(), kernel, **keywords)
        (dx,) = getattr(byhand, f"max_pool{axes}d_backward")(dy, saved)
        assert torch.equal(y, expected)
        torch.testing.assert_close(dx, expected_dx)

    holds()


def test_overlapping_windows_add_up():
    """Two windows of two over three values: the middle one is seen twice."""
    x = torch.tensor([[[1.0, 3.0, 2.0]]])
    _, averaged = byhand.avg_pool1d(x, 2, stride=1)
    _, largest = byhand.max_pool1d(x, 2, stride=1)
    dy = torch.ones(1, 1, 2)
    assert byhand.avg_pool1d_backward(dy, averaged)[0].tolist() == [[[0.5, 1.0, 0.5]]]
    assert byhand.max_pool1d_backward(dy, largest)[0].tolist() == [[[0.0, 2.0, 0.0]]]


def test_the_stride_is_the_kernel_unless_it_is_given():
    x = distinct(1, 1, 8)
    assert byhand.max_pool1d(x, 2)[0].shape == (1, 1, 4)
    assert byhand.avg_pool1d(x, 2, stride=1)[0].shape == (1, 1, 7)


@pytest.mark.parametrize("pool", ["avg_pool1d", "max_pool1d"])
@pytest.mark.parametrize(
    ("shape", "kernel", "keywords", "names"),
    [
        ((1, 1, 3), 4, {}, r"kernel \(4,\).*longer than the input: \(3,\)"),
        ((1, 1, 8), 3, {"padding": 2}, r"padding \(2,\) must be at most half the kernel \(3,\)"),
        ((1, 8), 2, {}, r"1 spatial axes, got \(1, 8\)"),
        ((1, 1, 8), 0, {}, r"kernel=0 must be at least 1"),
        ((1, 1, 8), (2, 2), {}, r"kernel=\(2, 2\) has 2 values for 1"),
    ],
)
def test_what_does_not_fit_is_named(pool, shape, kernel, keywords, names):
    with pytest.raises(ValueError, match=names):
        getattr(byhand, pool)(torch.zeros(shape), kernel, **keywords)
