"""The sheet's network: numbers worked out on paper, and which weight is which arrow."""

import math

import pytest
import torch

from bench_exercises.ex01_one_step_by_hand import network, problem

W = torch.tensor(problem.WEIGHTS, dtype=torch.float64)
X = torch.tensor(problem.INPUTS, dtype=torch.float64)


def test_forward_values_worked_out_on_paper():
    source = network.forward(W, X, "source_major")
    assert source.z.tolist() == pytest.approx([0.9 * 1.5 + 0.7 + 0.5, 0.8 * 1.5 + 0.6 + 0.4])
    assert float(1 - source.h[0] ** 2) == pytest.approx(0.0241, abs=5e-5)
    target = network.forward(W, X, "target_major")
    assert target.z.tolist() == pytest.approx([0.9 * 1.5 + 0.8 + 0.7, 0.6 * 1.5 + 0.5 + 0.4])
    assert float(target.o) == pytest.approx(1 / (1 + math.exp(-(0.3 * math.tanh(2.85) - 0.4 * 1.8))))


def test_target_major_is_how_torch_flattens_a_linear_layer():
    layer = torch.nn.Linear(3, 2, bias=False, dtype=torch.float64)
    layer.weight.data.copy_(W[:6].reshape(2, 3))
    assert torch.equal(layer(X), network.forward(W, X, "target_major").z)


@pytest.mark.parametrize("ordering", problem.ORDERINGS)
def test_split_and_join_are_inverse_and_name_the_arrows(ordering):
    assert torch.equal(network.join(*network.split(W, ordering), ordering), W)
    hidden, _ = network.split(torch.arange(8.0), ordering)
    for i, arrow in enumerate(network.arrows(ordering)[:6]):
        assert hidden[int(arrow[4]) - 1, int(arrow[1]) - 1] == i


def test_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match="8 weights"):
        network.forward(W[:7], X, "source_major")
    with pytest.raises(ValueError, match="3 inputs"):
        network.forward(W, X[:2], "source_major")
