import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.kit.byhand import dropout, dropout_backward


@settings(max_examples=25)
@given(
    shape=st.lists(st.integers(0, 4), max_size=3),
    p=st.floats(0, 0.95),
    seed=st.integers(0, 9),
    kind=st.sampled_from([torch.bool, torch.float64]),
)
def test_any_mask(check, shape, p, seed, kind):
    generator = torch.Generator().manual_seed(seed)
    mask = (torch.rand(shape, generator=generator) >= p).to(kind)
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    check("dropout", lambda x: torch.where(mask.bool(), x / (1 - p), 0.0), (x,), mask, p)


def test_it_is_torchs_for_torchs_mask():
    x = torch.randn(200, generator=torch.Generator().manual_seed(0), dtype=torch.float64, requires_grad=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        expected = torch.nn.functional.dropout(x, 0.4)
    y, saved = dropout(x.detach(), expected != 0, 0.4)
    torch.testing.assert_close(y, expected)
    (expected_dx,) = torch.autograd.grad(expected.sum(), x)
    torch.testing.assert_close(dropout_backward(torch.ones_like(y), saved)[0], expected_dx)


def test_bad_masks_and_chances_are_named():
    with pytest.raises(ValueError, match=r"p=1 must lie in"):
        dropout(torch.ones(3), torch.ones(3), 1)
    with pytest.raises(ValueError, match=r"mask has the shape \(3,\), expected \(2, 3\)"):
        dropout(torch.ones(2, 3), torch.ones(3), 0.5)
