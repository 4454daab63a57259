"""ex09: the networks in a stack are the networks of PyTorch, one by one; and what is measured of them is right."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from bench.testing import lab
from bench_exercises.ex09_vanishing_gradient import batch_norm, byhand, checks, gradients, mean_field, vanishing
from bench_exercises.ex09_vanishing_gradient.adam import Adam
from bench_exercises.ex09_vanishing_gradient.models import A_NORMED, B_NORMED, A, B, network, sizes
from bench_exercises.ex09_vanishing_gradient.one_by_one import train_one
from bench_exercises.ex09_vanishing_gradient.stack import Stack, parts_of
from bench_exercises.ex09_vanishing_gradient.task import problem, standardised
from bench_exercises.ex09_vanishing_gradient.training import score, train

CPU = torch.device("cpu")
MODELS = (A, B, A_NORMED, B_NORMED)


def task_of(seed=0, dtype=torch.float64):
    return problem(lab(seed, dtype=dtype))


TASK = task_of()


def stack_of(model, depth, *seeds):
    return Stack(model, depth, seeds, device=CPU, dtype=torch.float64)


class TestTask:
    def test_sizes_and_standardisation(self):
        assert (len(TASK.y), len(TASK.y_test)) == (517, 52)
        assert TASK.x.mean(0).abs().max() < 1e-12
        assert (TASK.x.var(0, correction=0) - 1).abs().max() < 1e-12
        assert TASK.x_test.mean(0).abs().max() > 0.01

    def test_the_test_set_does_not_move_the_training_set(self):
        train = torch.tensor([[0.0], [2.0]])
        x, x_test = standardised(train, torch.tensor([[1e6]]))
        assert x.tolist() == [[-1], [1]]
        assert x_test.tolist() == [[1e6 - 1]]

    def test_a_seed_is_one_split_in_every_dtype(self):
        assert torch.equal(task_of(3).y, task_of(3, torch.float32).y)
        assert not torch.equal(task_of(3).y, task_of(4).y)

    def test_the_constant_answer(self):
        assert TASK.majority_error() == pytest.approx(float((TASK.y == 0).double().mean()))


class TestNetwork:
    def test_layers_of_the_sheet(self):
        assert sizes(3) == (30, 5, 5, 5, 2)
        kinds = [type(module) for module in network(B_NORMED, 2, 0)]
        assert kinds == [nn.Linear, nn.BatchNorm1d, nn.ReLU] * 2 + [nn.Linear]
        assert [type(module) for module in network(A, 1, 0)] == [nn.Linear, nn.Sigmoid, nn.Linear]

    def test_a_seed_is_one_network_and_leaves_the_stream_alone(self):
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
            outputs = stack.outputs(TASK.x, evaluating)
            for k, seed in enumerate((4, 9)):
                expected = network(model, 3, seed).double().train(not evaluating)(TASK.x)
                torch.testing.assert_close(outputs[k], expected, rtol=0, atol=1e-12)

    def test_a_nan_in_the_gradient_of_the_last_network_is_infinitely_far(self, model, monkeypatch):
        right = Stack.backpropagate

        def spoilt(self, *args, **kwargs):
            given = right(self, *args, **kwargs)
            self.gradients[-1].weight[-1, -1, -1] = torch.nan
            return given

        monkeypatch.setattr(Stack, "backpropagate", spoilt)
        assert checks.autograd_error(model, 2, (1, 2), TASK) == torch.inf
        assert torch.tensor(checks.differences_error(model, 1, range(6), TASK)[0]).isnan()

    @pytest.mark.parametrize("depth", [1, 2, 7])
    def test_gradients_are_those_of_autograd(self, model, depth):
        assert checks.autograd_error(model, depth, (1, 2), TASK) <= 1e-10
        assert checks.autograd_error(model, depth, (1, 2), TASK, evaluating=True) <= 1e-10

    def test_gradients_are_the_slope(self, model):
        error, count = checks.differences_error(model, 2, range(6), TASK)
        assert error <= 1e-5
        assert count >= 1

    def test_training_is_that_of_the_networks(self, model):
        assert checks.training_error(model, 3, (11, 5), TASK, steps=36) <= 1e-8

    def test_scores_are_those_of_the_networks(self, model):
        stack = stack_of(model, 2, 7)
        trace = train(stack, TASK, 1)
        net = train_one(network(model, 2, 7).double(), TASK, 7, 17).eval()
        for x, y, cost, error in (
            (TASK.x, TASK.y, trace.train_cost, trace.train_error),
            (TASK.x_test, TASK.y_test, trace.test_cost, trace.test_error),
        ):
            assert cost.shape == error.shape == (2, 1)
            assert float(cost[-1]) == pytest.approx(float(nn.functional.cross_entropy(net(x), y).detach()), abs=1e-7)
            assert float(error[-1]) == pytest.approx(float((net(x).argmax(1) != y).double().mean()), abs=1e-12)


def test_running_averages_are_those_of_the_networks():
    stack = stack_of(A_NORMED, 3, 2, 3)
    train(stack, TASK, 2)
    net = train_one(network(A_NORMED, 3, 3).double(), TASK, 3, 34)
    norms = [module for module in net if isinstance(module, nn.BatchNorm1d)]
    assert len(norms) == len(stack.running.mean) == 3
    for mean, variance, theirs in zip(*stack.running, norms, strict=True):
        torch.testing.assert_close(mean[1, 0], theirs.running_mean, rtol=1e-6, atol=1e-8)
        torch.testing.assert_close(variance[1, 0], theirs.running_var, rtol=1e-6, atol=1e-8)


def test_the_running_variance_is_the_unbiased_one():
    running = batch_norm.Statistics(torch.zeros(1, 1, 1), torch.ones(1, 1, 1))
    batch_norm.follow(running, batch_norm.Statistics(torch.full((1, 1, 1), 2.0), torch.full((1, 1, 1), 8.0)), 5)
    assert float(running.mean) == pytest.approx(0.2)
    assert float(running.variance) == pytest.approx(0.9 + 0.1 * 10)


@settings(max_examples=20)
@given(st.integers(1, 4), st.integers(0, 99))
def test_adam_is_pytorchs(steps, seed):
    g = torch.Generator().manual_seed(seed)
    theta, slopes = torch.randn(6, generator=g).double(), torch.randn(steps, 6, generator=g).double()
    theirs = nn.Parameter(theta.clone())
    optimizer = torch.optim.Adam([theirs], lr=1e-3)
    gradient = torch.zeros(6, dtype=torch.float64)
    ours = Adam(theta, gradient)
    for slope in slopes:
        gradient.copy_(slope)
        theirs.grad = slope.clone()
        ours.step()
        optimizer.step()
    torch.testing.assert_close(theta, theirs.detach(), rtol=0, atol=1e-14)


def test_cost_is_cross_entropy():
    outputs, y = torch.randn(2, 4, 2, dtype=torch.float64), torch.tensor([[0, 1, 1, 0], [1, 1, 1, 0]])
    expected = [float(nn.functional.cross_entropy(outputs[k], y[k])) for k in (0, 1)]
    assert byhand.cost(outputs, y).tolist() == pytest.approx(expected, abs=1e-14)


class TestGradients:
    def test_norms_on_paper(self):
        stack = stack_of(A, 2, 0, 1)
        norms = gradients.norms(stack, TASK)
        first = stack.gradients[0].weight[1]
        assert norms.l1.shape == norms.l2.shape == norms.mean.shape == (3, 2)
        assert float(norms.l1[0, 1]) == pytest.approx(float(first.abs().sum()))
        assert float(norms.l2[0, 1]) == pytest.approx(float(first.square().sum().sqrt()))
        assert float(norms.mean[0, 1]) == pytest.approx(float(norms.l1[0, 1]) / 150)
        assert float(norms.ratio()[1]) == pytest.approx(float(norms.l2[0, 1] / norms.l2[-1, 1]))

    def test_fall_is_the_slope_of_a_line_and_nan_at_a_zero(self):
        l2 = torch.tensor([[1e-6, 1.0], [1e-4, 0.0], [1e-2, 1.0]], dtype=torch.float64)
        slope = gradients.fall(gradients.Norms(l2, l2, l2))
        assert float(slope[0]) == pytest.approx(2)
        assert math.isnan(float(slope[1]))

    def test_dead_networks_have_no_gradient_and_stay_dead(self):
        stack = stack_of(B, 4, 0, 1)
        stack.layers[1].weight[1] = 0
        stack.layers[1].bias[1] = -1
        kept = [layer.weight[1].clone() for layer in stack.layers[:2]]
        assert gradients.dead(stack, TASK.x).tolist() == [False, True]
        norms = gradients.norms(stack, TASK)
        assert norms.l2[:3, 1].tolist() == [0, 0, 0]
        assert float(norms.l2[0, 0]) > 0
        train(stack, TASK, 1)
        assert gradients.dead(stack, TASK.x).tolist() == [False, True]
        assert all(torch.equal(layer.weight[1], old) for layer, old in zip(stack.layers, kept, strict=False))
        assert torch.equal(stack.outputs(TASK.x)[1].unique(dim=0), stack.outputs(TASK.x[:1])[1])

    def test_delta_keeps_below_its_bound(self):
        for model, depth in ((A, 6), (B, 6)):
            assert 0.3 < checks.bound_error(stack_of(model, depth, 0, 1, 2), TASK) <= 1 + 1e-12

    def test_a_bias_in_front_of_batch_norm_is_redundant_in_training_mode_only(self):
        stack = stack_of(A_NORMED, 3, 0, 1)
        assert checks.redundant_bias(stack, TASK) <= 1e-12
        assert checks.redundant_bias(stack, TASK, evaluating=True) > 1e-2
        assert checks.redundant_bias(stack_of(A, 3, 0), TASK) > 1e-2


def test_hes_initialisation_is_six_times_the_variance():
    stack = stack_of(B, 3, *range(200))
    vanishing.initialise_like_he(stack)
    assert float(stack.layers[1].weight.var()) == pytest.approx(2 / 5, rel=0.05)
    assert float(stack.layers[0].weight.abs().max()) <= math.sqrt(6 / 30)
    assert float(stack.layers[1].bias.abs().max()) == 0


class TestMeanField:
    def test_moments_by_sampling(self):
        z = torch.randn(400_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        for name, phi in (("sigmoid", torch.sigmoid), ("ReLU", torch.relu)):
            x = z.clone().requires_grad_()
            h = phi(x)
            (slope,) = torch.autograd.grad(h.sum(), x)
            h = h.detach()
            moments = mean_field.MOMENTS[name]()
            assert moments.variance == pytest.approx(float(h.var()), rel=0.01)
            assert moments.slope == pytest.approx(float(slope.square().mean()), rel=0.01)

    def test_factors(self):
        assert mean_field.with_batch_norm("ReLU") == pytest.approx(math.pi / (math.pi - 1))
        assert 1 < mean_field.with_batch_norm("sigmoid") < 1.05
        assert mean_field.without("sigmoid") == pytest.approx(1 / 48)
        assert mean_field.powers_of_ten(1 / 100) == pytest.approx(-1)


def test_score_of_a_constant_network():
    stack = stack_of(A, 2, 0)
    stack.theta.zero_()
    stack.layers[-1].bias[0, 0, 1] = 1
    cost, error, _, _ = score(stack, TASK)
    assert float(error) == pytest.approx(TASK.majority_error())
    share = float((TASK.y == 1).double().mean())
    assert float(cost) == pytest.approx(math.log(1 + math.e) - share)
