"""ex07.b: every derivative of the network, against autograd and against finite differences."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from bench.kit.compare import relative_error
from bench_exercises.ex07_iris_by_hand.checks import by_differences
from bench_exercises.ex07_iris_by_hand.network import Network, leaky_relu, log_softmax, one_hot
from bench_exercises.ex07_iris_by_hand.problem import initial, unflatten
from bench_exercises.ex07_iris_by_hand.reference import by_autograd, sequential

seeds = st.integers(0, 2**32 - 1)
batches = st.sampled_from([1, 2, 3, 16, 125])


def drawn(seed, batch, spread=1.0):
    """Parameters around zero, so that about half of all pre-activations are negative, and a batch."""
    generator = torch.Generator().manual_seed(seed)
    theta = {name: 2 * spread * (p.double() - 0.5) for name, p in initial(generator).items()}
    x = torch.randn(batch, 4, generator=generator, dtype=torch.float64)
    return theta, x, torch.randint(3, (batch,), generator=generator)


@given(seeds, batches, st.sampled_from([0.1, 1.0, 10.0]))
def test_loss_and_gradients_are_autograds(seed, batch, spread):
    theta, x, y = drawn(seed, batch, spread)
    loss, gradient = Network(theta).backpropagate(x, y)
    expected = by_autograd(theta, x, y)
    assert gradient.keys() == expected.keys() == theta.keys()
    for name, g in expected.items():
        torch.testing.assert_close(gradient[name], g, atol=1e-11, rtol=1e-11)
    torch.testing.assert_close(loss, nn.NLLLoss()(sequential(theta)(x), y).detach(), atol=1e-12, rtol=1e-12)


@settings(max_examples=25)
@given(seeds, batches)
def test_gradients_are_finite_differences(seed, batch):
    theta, x, y = drawn(seed, batch)
    _, gradient = Network(theta).backpropagate(x, y)
    for name, g in by_differences(theta, x, y).items():
        torch.testing.assert_close(gradient[name], g, atol=1e-7, rtol=1e-6)


def test_forward_is_the_modules():
    theta, x, _ = drawn(3, 16)
    torch.testing.assert_close(Network(theta).log_probabilities(x), sequential(theta)(x).detach())


def test_at_the_kink_the_slope_is_torchs():
    z = torch.tensor([-1.0, -0.0, 0.0, 1e-300, 1.0], dtype=torch.float64, requires_grad=True)
    out = nn.functional.leaky_relu(z, 0.2)
    out.sum().backward()
    assert torch.equal(leaky_relu(z.detach()), out.detach())
    assert torch.equal(Network.slope(z.detach()), z.grad)
    assert Network.slope(torch.zeros(1, dtype=torch.float64)).item() == 0.2


def test_gradients_at_the_kink_itself():
    theta, x, y = drawn(4, 1)
    theta["W1"][0], theta["b1"][0] = 0, 0
    _, gradient = Network(theta).backpropagate(x, y)
    assert relative_error(gradient, by_autograd(theta, x, y)) < 1e-12


def test_log_softmax_neither_overflows_nor_underflows():
    z = torch.tensor([[1000.0, 0.0, -1000.0], [-1e4, -1e4, -1e4]], dtype=torch.float64)
    torch.testing.assert_close(log_softmax(z), z.log_softmax(1))


def test_one_hot():
    rows = one_hot(torch.tensor([2, 0]), torch.empty(2, 3, dtype=torch.float64))
    assert rows.dtype == torch.float64
    assert rows.tolist() == [[0, 0, 1], [1, 0, 0]]


def test_accuracy_counts_the_likeliest_class():
    theta = unflatten(torch.zeros(103, dtype=torch.float64))
    theta["b4"][1] = 1
    assert Network(theta).accuracy(torch.zeros(4, 4, dtype=torch.float64), torch.tensor([1, 1, 1, 0])) == 0.75


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_dtype_stays(dtype):
    theta, x, y = drawn(5, 3)
    net = Network({name: p.to(dtype) for name, p in theta.items()})
    loss, gradient = net.backpropagate(x.to(dtype), y)
    assert {loss.dtype, *(g.dtype for g in gradient.values())} == {dtype}
    assert Network.slope(x.to(dtype)).dtype == dtype
