"""ex06.a.stack: what linear layers alone collapse to."""

from __future__ import annotations

import torch

from bench_exercises.ex06_pointwise_convolution import (
    a_stack,
)


def test_collapsing_needs_linear_layers_alone():
    network = a_stack.perceptron((3, 5, 2), torch.Generator().manual_seed(0)).double()
    table = torch.randn(40, 3, generator=torch.Generator().manual_seed(1)).double()
    weight, bias = a_stack.collapsed(a_stack.without_activations(network))
    assert torch.allclose(a_stack.without_activations(network)(table), table @ weight.T + bias)
    assert not torch.allclose(network(table), table @ weight.T + bias)
