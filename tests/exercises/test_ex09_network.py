"""ex09: a stack of networks is the networks of PyTorch, one by one; and the laws of their layers."""

import math

import pytest
import torch
from torch import nn

from bench.testing import lab
from bench_exercises.ex09_vanishing_gradient import network as networks
from bench_exercises.ex09_vanishing_gradient.network import Stack, Statistics, gain, moments, network, parts_of, sizes
from bench_exercises.ex09_vanishing_gradient.problem import A_NORMED, B_NORMED, A, B, pose

MODELS = (A, B, A_NORMED, B_NORMED)
TASK = pose(lab(), (4, 9))


def stack_of(model, depth, *seeds):
    return Stack(model, depth, seeds, like=TASK.x)


def test_layers_of_the_sheet():
    assert sizes(3) == (30, 5, 5, 5, 2)
    kinds = [type(module) for module in network(B_NORMED, 2, 0)]
    assert kinds == [nn.Linear, nn.BatchNorm1d, nn.ReLU] * 2 + [nn.Linear]
    assert [type(module) for module in network(A, 1, 0)] == [nn.Linear, nn.Sigmoid, nn.Linear]


def test_impossible_sizes_are_named():
    with pytest.raises(ValueError, match="at least 1, not 0"):
        sizes(0)
    with pytest.raises(ValueError, match="at least one seed"):
        stack_of(A, 3)


def test_a_seed_is_one_network_and_leaves_the_stream_alone():
    before = torch.get_rng_state()
    first, again, other = (network(A, 2, seed)[0].weight for seed in (5, 5, 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("model", MODELS, ids=str)
class TestStack:
    def test_holds_the_networks_layer_by_layer(self, model):
        stack = stack_of(model, 3, 4, 9)
        for k, seed in enumerate((4, 9)):
            for layer, parts in zip(stack.layers, parts_of(network(model, 3, seed)), strict=True):
                assert torch.equal(layer.weight[k].float(), parts[0])
                assert torch.equal(layer.bias[k, 0].float(), parts[1])
        assert stack.theta.numel() == sum(p.numel() for p in network(model, 3, 0).parameters()) * 2

    def test_gives_what_the_networks_give_in_both_modes(self, model):
        stack = stack_of(model, 3, 4, 9)
        for evaluating in (False, True):
            outputs = stack.forward(TASK.x, evaluating)[0]
            for k, seed in enumerate((4, 9)):
                expected = network(model, 3, seed).double().train(not evaluating)(TASK.x[k])
                torch.testing.assert_close(outputs[k], expected, rtol=0, atol=1e-12)


def test_he_and_xavier_have_their_variance_and_no_bias():
    for way, variance in (("he", 2 / 5), ("xavier", 2 / 10)):
        stack = stack_of(B._replace(initialisation=way), 3, *range(200))
        assert float(stack.layers[1].weight.var()) == pytest.approx(variance, rel=0.05)
        assert float(stack.layers[1].bias.abs().max()) == 0


def test_the_running_variance_is_the_unbiased_one():
    running = Statistics(torch.zeros(1, 1, 1), torch.ones(1, 1, 1))
    networks.follow(running, Statistics(torch.full((1, 1, 1), 2.0), torch.full((1, 1, 1), 8.0)), 5)
    assert float(running.mean) == pytest.approx(0.2)
    assert float(running.variance) == pytest.approx(0.9 + 0.1 * 10)


@pytest.mark.parametrize("name", ["sigmoid", "ReLU"])
@pytest.mark.parametrize("variance", [1.0, 0.1])
def test_moments_by_sampling(name, variance):
    z = torch.randn(400_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64) * math.sqrt(variance)
    z.requires_grad_()
    h = networks.ACTIVATIONS[name]()(z)
    (slope,) = torch.autograd.grad(h.sum(), z)
    h, found = h.detach(), moments(name, variance)
    assert found.mean == pytest.approx(float(h.mean()), rel=0.01)
    assert found.variance == pytest.approx(float(h.var()), rel=0.01)
    assert found.slope == pytest.approx(float(slope.square().mean()), rel=0.01)


def test_gains():
    assert gain(B_NORMED) == pytest.approx(math.pi / (math.pi - 1))
    assert 1 < gain(A_NORMED) < 1.05
    assert gain(B) == pytest.approx(1 / 6)
    assert gain(B._replace(initialisation="he")) == pytest.approx(1)
    assert 1 / 52 < gain(A, 5) < gain(A) < 1 / 48
    assert round(1 / gain(A)) == 50
