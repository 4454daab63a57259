import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit import byhand

TORCH = {"softmax": F.softmax, "log_softmax": F.log_softmax}


@settings(max_examples=40)
@given(
    name=st.sampled_from(sorted(TORCH)),
    rows=st.integers(0, 3),
    classes=st.integers(1, 5),
    dim=st.sampled_from([1, 2, -1]),
    size=st.sampled_from([1.0, 5.0]),
)
def test_any_axis(check, name, rows, classes, dim, size):
    x = size * torch.randn(rows, classes, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    check(name, lambda x: TORCH[name](x, dim), (x,), dim)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_huge_and_tied_logits_neither_overflow_nor_vanish(name):
    x = torch.tensor([[1e4, 1e4, -1e4], [0.0, 0.0, 0.0]], dtype=torch.float64, requires_grad=True)
    expected = TORCH[name](x, -1)
    dy = torch.tensor([[1.0, -2.0, 0.5], [3.0, 1.0, -1.0]], dtype=torch.float64)
    (expected_dx,) = torch.autograd.grad(expected, x, dy)
    y, saved = getattr(byhand, name)(x.detach())
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(getattr(byhand, f"{name}_backward")(dy, saved)[0], expected_dx)
