import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit import byhand

TORCH = {
    "relu": F.relu,
    "leaky_relu": F.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


@settings(max_examples=40)
@given(
    name=st.sampled_from(sorted(TORCH)),
    values=st.lists(st.floats(-4, 4).filter(lambda v: abs(v) > 1e-3), max_size=12),
)
def test_any_values_off_the_kink(check, name, values):
    check(name, TORCH[name], (torch.tensor(values, dtype=torch.float64),))


@settings(max_examples=15)
@given(slope=st.floats(0, 2), shape=st.lists(st.integers(0, 3), max_size=3))
def test_leaky_relu_with_any_slope_and_shape(check, slope, shape):
    x = torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    check("leaky_relu", lambda x: F.leaky_relu(x, slope), (x,), slope)


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_at_the_kink_the_gradient_is_torchs(name):
    x = torch.tensor([0.0, -0.0], dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(TORCH[name](x).sum(), x)
    y, saved = getattr(byhand, name)(x.detach())
    (dx,) = getattr(byhand, f"{name}_backward")(torch.ones_like(y), saved)
    assert torch.equal(dx, expected)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_far_out_nothing_overflows(name):
    """There 1 - y cancels, and the gradient is small rather than exact."""
    x = torch.tensor([-1e4, -9.0, 9.0, 1e4], dtype=torch.float64, requires_grad=True)
    (expected,) = torch.autograd.grad(TORCH[name](x).sum(), x)
    y, saved = getattr(byhand, name)(x.detach())
    (dx,) = getattr(byhand, f"{name}_backward")(torch.ones_like(y), saved)
    torch.testing.assert_close(y, TORCH[name](x.detach()))
    torch.testing.assert_close(dx, expected, rtol=0, atol=1e-15)
