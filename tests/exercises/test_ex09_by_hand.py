"""ex09: gradients and trainings of many networks are those of PyTorch, and what is measured of them is right."""

import pytest
import torch
from torch import nn

from bench.kit.training import Diverged
from bench.testing import lab, run_part
from bench_exercises.ex09_vanishing_gradient import b_dead, by_hand, checks, exercise
from bench_exercises.ex09_vanishing_gradient.by_hand import score, train
from bench_exercises.ex09_vanishing_gradient.network import Stack, network
from bench_exercises.ex09_vanishing_gradient.problem import A_NORMED, B_NORMED, A, B, Choices, order_of, pose
from bench_exercises.ex09_vanishing_gradient.reference import train_one, weights_of

MODELS = (A, B, A_NORMED, B_NORMED)
SEEDS = (11, 5)
TASK = pose(lab(), SEEDS)


def stack_of(model, depth):
    return Stack(model, depth, SEEDS, like=TASK.x)


@pytest.mark.parametrize("model", MODELS, ids=str)
class TestStack:
    @pytest.mark.parametrize("depth", [1, 2, 7])
    def test_gradients_are_those_of_autograd(self, model, depth):
        assert checks.autograd_error(model, depth, TASK, SEEDS) <= 1e-10
        assert checks.autograd_error(model, depth, TASK, SEEDS, evaluating=True) <= 1e-10

    def test_training_is_that_of_the_networks(self, model):
        weights, averages = checks.training_error(model, 3, TASK, SEEDS, steps=36)
        assert weights <= 1e-8
        assert averages <= 1e-6

    def test_scores_are_those_of_the_networks(self, model):
        trace = train(stack_of(model, 2), TASK, Choices(epochs=1))
        net = train_one(network(model, 2, 5).double(), TASK.of(slice(1, 2)), 5, 17).eval()
        for x, y, cost, error in (
            (TASK.x[1], TASK.y[1], trace.train_cost, trace.train_error),
            (TASK.x_test[1], TASK.y_test[1], trace.test_cost, trace.test_error),
        ):
            assert cost.shape == error.shape == (2, 2)
            assert float(cost[-1, 1]) == pytest.approx(float(nn.functional.cross_entropy(net(x), y).detach()), abs=1e-7)
            assert float(error[-1, 1]) == pytest.approx(float((net(x).argmax(1) != y).double().mean()), abs=1e-12)


def test_a_factor_of_the_cost_divides_the_epsilon_of_adam():
    """A stack whose second network has a factor, against two optimisers of PyTorch's with two ε."""
    stack, factor = stack_of(A, 3), torch.tensor([1.0, 1e22], dtype=torch.float64)
    train(stack, TASK, Choices(epochs=1), factor=factor)
    for k, eps in enumerate((1e-8, 1e-30)):
        net, rows = network(A, 3, SEEDS[k]).double(), TASK.of(slice(k, k + 1))
        adam = torch.optim.Adam(net.parameters(), lr=1e-3, eps=eps)
        for chosen in by_hand.batches([order_of(SEEDS[k], 569)], 517):
            adam.zero_grad()
            nn.functional.cross_entropy(net(rows.x[0, chosen[0]]), rows.y[0, chosen[0]]).backward()
            adam.step()
        for layer, weight in zip(stack.layers, weights_of(net), strict=True):
            assert torch.allclose(layer.weight[k], weight, rtol=0, atol=1e-10)


def test_cost_is_cross_entropy():
    outputs, y = torch.randn(2, 4, 2, dtype=torch.float64), torch.tensor([[0, 1, 1, 0], [1, 1, 1, 0]])
    expected = [float(nn.functional.cross_entropy(outputs[k], y[k])) for k in (0, 1)]
    assert by_hand.cost(outputs, y).tolist() == pytest.approx(expected, abs=1e-14)


def test_score_of_a_constant_network():
    stack = stack_of(A, 2)
    stack.theta.zero_()
    stack.layers[-1].bias[:, 0, 1] = 1
    cost, error, _, _ = score(stack, TASK)
    assert error.tolist() == pytest.approx(TASK.majority_error().tolist())
    share = (TASK.y == 1).double().mean(1)
    assert cost.tolist() == pytest.approx(((1 + torch.tensor(1.0).double().exp()).log() - share).tolist())


class TestMeasures:
    def test_norms_on_paper(self):
        stack = stack_of(A, 2)
        norms = by_hand.norms(stack, TASK)
        first = stack.gradients[0].weight[1]
        assert norms.l1.shape == norms.l2.shape == norms.mean.shape == (3, 2)
        assert float(norms.l1[0, 1]) == pytest.approx(float(first.abs().sum()))
        assert float(norms.l2[0, 1]) == pytest.approx(float(first.square().sum().sqrt()))
        assert float(norms.mean[0, 1]) == pytest.approx(float(norms.l1[0, 1]) / 150)
        assert float(norms.ratio()[1]) == pytest.approx(float(norms.l2[0, 1] / norms.l2[-1, 1]))

    def test_signals_on_paper(self):
        stack = stack_of(A, 2)
        found = by_hand.signals(stack, TASK)
        saved, deltas = by_hand.backpropagate(stack, TASK.x, TASK.y)
        h = saved[1].above[0]
        assert float(found.forward[1, 0]) == pytest.approx(float((h - h.mean(0)).norm(dim=1).square().mean().sqrt()))
        each = 517 * deltas[0][0]  # without the 1/N of the mean cost
        assert float(found.backward[0, 0]) == pytest.approx(float(each.norm(dim=1).square().mean().sqrt()))

    def test_dead_networks_have_no_gradient_and_stay_dead(self):
        stack = stack_of(B, 4)
        stack.layers[1].weight[1] = 0
        stack.layers[1].bias[1] = -1
        kept = [layer.weight[1].clone() for layer in stack.layers[:2]]
        assert by_hand.dead(stack, TASK.x).tolist() == [False, True]
        norms = by_hand.norms(stack, TASK)
        assert norms.l2[:3, 1].tolist() == [0, 0, 0]
        assert float(norms.l2[0, 0]) > 0
        assert b_dead.up_to_dead(stack, TASK)[:, 1].tolist() == [1, 1, 1, 0, 0]
        train(stack, TASK, Choices(epochs=1))
        assert by_hand.dead(stack, TASK.x).tolist() == [False, True]
        assert all(torch.equal(layer.weight[1], old) for layer, old in zip(stack.layers, kept, strict=False))
        assert len(stack.outputs(TASK.x)[1].unique(dim=0)) == 1


def test_a_training_that_diverges_says_so():
    with pytest.raises(Diverged, match="of 2 networks diverged, the first in epoch 1: lower the learning rate"):
        run_part(exercise, "b", optimizer="sgd", learning_rate=1e200, depth=(3,))
