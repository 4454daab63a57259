"""ex06: rows and back; layers that do not fit are refused."""

from __future__ import annotations

import re

import pytest
import torch

from bench.testing import lab
from bench_exercises.ex06_pointwise_convolution import (
    network,
    problem,
)


def drawn(batch: int = 2, inputs: int = 3, outputs: int = 4, side: int = 3, *, seed: int = 0) -> problem.Problem:
    return problem.Problem.draw(lab(seed), batch=batch, inputs=inputs, outputs=outputs, side=side)


def test_rows_and_back():
    maps = torch.arange(24.0).reshape(2, 3, 2, 2)
    assert network.rows(maps)[1].tolist() == [1.0, 5.0, 9.0]
    assert torch.equal(network.unrows(network.rows(maps), maps), maps)


@pytest.mark.parametrize("layer", network.LAYERS.values(), ids=list(network.LAYERS))
def test_mismatched_channels_are_refused_with_the_shapes(layer):
    maps, weight, bias = drawn(inputs=3, outputs=4).operands
    with pytest.raises(ValueError, match=re.escape("maps (2, 3, 3, 3), weight (4, 2) and bias (4,)")):
        layer(maps, weight[:, :2], bias)
