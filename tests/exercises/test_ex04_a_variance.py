"""ex04, a_variance: the variance that masks add, by the formula and over all masks there are."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import nn

from bench.testing import failed
from bench_exercises.ex04_cifar10 import a_variance
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs


@pytest.mark.parametrize("kind", a_variance.KINDS)
def test_the_formula_is_the_mean_over_all_masks(kind):
    """Two channels of one pixel each, or of two: every mask is tried, weighted by its probability."""
    torch.manual_seed(0)
    p, width = 0.15, 2
    layer = nn.Conv2d(2, 3, 3, padding=1, bias=False).double().requires_grad_(False)
    h = torch.randn(1, 2, 1, width, dtype=torch.float64)
    shape = (1, 2, 1, 1) if kind == "Dropout2d" else (1, 2, 1, width)
    clean, total = layer(h), 0.0
    for kept in itertools.product([0.0, 1.0], repeat=torch.Size(shape).numel()):
        mask = torch.tensor(kept, dtype=torch.float64).view(shape)
        chance = math.prod(1 - p if one else p for one in kept)
        total += chance * float((layer(h * mask / (1 - p)) - clean).square().mean())
    assert a_variance.added(layer, h, kind, p) == pytest.approx(total, rel=1e-12)


def test_claims_hold_and_a_formula_with_the_keep_rate_fails(monkeypatch):
    here, setting, _ = ex04_tiny.posed()
    a_variance.study(here, setting)
    assert failed(here.findings) == {}
    monkeypatch.setattr(a_variance, "added", lambda layer, h, kind: 0.85 / 0.15)
    here, setting, _ = ex04_tiny.posed()
    a_variance.study(here, setting)
    assert len(failed(here.findings)) == 4
