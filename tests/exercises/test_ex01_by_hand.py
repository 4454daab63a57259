"""The backward pass by hand, three ways and on paper; steps of the optimisers."""

import math

import pytest
import torch

from bench.kit.byhand import adam, rmsprop, sgd
from bench_exercises.ex01_one_step_by_hand import by_hand, checks, network, problem

W = torch.tensor(problem.WEIGHTS, dtype=torch.float64)
X = torch.tensor(problem.INPUTS, dtype=torch.float64)
PROBE = torch.tensor(problem.PROBE, dtype=torch.float64)


def test_gradient_worked_out_on_paper():
    h1, h2 = math.tanh(2.55), 2.2
    o = 1 / (1 + math.exp(-(0.3 * h1 - 0.4 * h2)))
    at = network.forward(W, X, "source_major")
    for loss, delta in (("half_mse", o * o * (1 - o)), ("mse", 2 * o * o * (1 - o)), ("bce", o)):
        d1, d2 = 0.3 * delta * (1 - h1 * h1), -0.4 * delta
        expected = [1.5 * d1, 1.5 * d2, d1, d2, d1, d2, delta * h1, delta * h2]
        found = by_hand.backward(at, W, X, loss=loss, ordering="source_major").gradient
        assert found.tolist() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", network.LOSSES)
@pytest.mark.parametrize("ordering", problem.ORDERINGS)
@pytest.mark.parametrize("x", [X, PROBE], ids=["sheet", "probe"])
def test_gradient_three_ways_at_other_targets(loss, ordering, x):
    at = network.forward(W, x, ordering)
    leaf = W.clone().requires_grad_()
    (truth,) = torch.autograd.grad(network.loss_at(leaf, x, loss, ordering, target=0.7), leaf)
    found = by_hand.backward(at, W, x, loss=loss, ordering=ordering, target=0.7).gradient
    numeric = checks.by_differences(lambda w: network.loss_at(w, x, loss, ordering, target=0.7), W)
    torch.testing.assert_close(found, truth, rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(found, numeric, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("taken", [1, 7])
@pytest.mark.parametrize(
    ("step", "optimiser"),
    [(sgd, torch.optim.SGD), (rmsprop, torch.optim.RMSprop), (adam, torch.optim.Adam)],
)
def test_steps_are_those_of_torch(step, optimiser, taken):
    leaf = W.clone().requires_grad_()
    theirs, ours, state = optimiser([leaf], lr=0.03), W, None
    for _ in range(taken):
        leaf.grad = (leaf.detach() ** 3).clone()
        theirs.step()
        (ours,), state = step((ours,), (ours**3,), state, lr=0.03)
    torch.testing.assert_close(ours, leaf.detach(), rtol=1e-12, atol=1e-15)
