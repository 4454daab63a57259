"""ex08.b.depth: the moments that are passed on, against numbers drawn."""

import pytest
import torch

from bench_exercises.ex08_normalisation import b_depth

MEAN, VARIANCE = torch.tensor([-1.0, 0.5, 2.0]).double(), torch.tensor([1.0, 4.0, 0.25]).double()


def drawn(seed=0):
    stream = torch.Generator().manual_seed(seed)
    return MEAN + VARIANCE.sqrt() * torch.randn(100_000, 3, generator=stream).double()


def test_a_rectified_normal_number():
    found = drawn().relu()
    mean, v = b_depth.rectified(MEAN, VARIANCE)
    torch.testing.assert_close(mean, found.mean(0), atol=0.02, rtol=0)
    torch.testing.assert_close(v, found.var(0), atol=0.06, rtol=0)


def test_the_larger_of_two():
    found = torch.maximum(drawn(0), drawn(1).flip(1))
    mean, v = b_depth.larger((MEAN, VARIANCE), (MEAN.flip(0), VARIANCE.flip(0)))
    torch.testing.assert_close(mean, found.mean(0), atol=0.02, rtol=0)
    torch.testing.assert_close(v, found.var(0), atol=0.06, rtol=0)


def test_without_variance_pooling_is_pytorchs():
    x = torch.randn(2, 3, 7, 6, generator=torch.Generator().manual_seed(0)).double()
    mean, v = b_depth.pooled(x, torch.zeros_like(x))
    torch.testing.assert_close(mean, torch.nn.functional.max_pool2d(x, 2))
    assert float(v.max()) == pytest.approx(0, abs=1e-12)
