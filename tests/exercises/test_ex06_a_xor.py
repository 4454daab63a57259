"""ex06.a.xor: one layer is grey."""

from __future__ import annotations

import pytest
import torch

from bench_exercises.ex06_pointwise_convolution import (
    a_xor,
)


def test_one_layer_is_grey_on_exclusive_or():
    weight, bias = a_xor.best_single_layer()
    assert torch.allclose(weight, torch.zeros(1, 2).double(), atol=1e-12)
    assert bias.item() == pytest.approx(0.5)
