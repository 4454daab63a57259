"""ex07: the steps by hand are torch's Adam, and a training by hand keeps what it promises."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_exercises.ex07_iris_by_hand.by_hand import BETA1, BETA2, EPSILON, step, train
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import LEARNING_RATE, flatten, pose_seed, unflatten

DOUBLE = torch.float64


def adam_runs(ours, gradients):
    """Both Adams from one start along the same gradients: the two vectors after each step."""
    mine, parameter = torch.ones(5, dtype=DOUBLE), torch.nn.Parameter(torch.ones(5, dtype=DOUBLE))
    state, theirs = None, torch.optim.Adam([parameter], lr=LEARNING_RATE)
    for g in gradients:
        state = ours(mine, g, state)
        parameter.grad = g.clone()
        theirs.step()
        yield mine.clone(), parameter.detach().clone()


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1e-9, 1e-4, 1.0, 1e4]))
def test_adam_is_torchs(seed, scale):
    gradients = scale * torch.randn(300, 5, generator=torch.Generator().manual_seed(seed), dtype=DOUBLE)
    for mine, theirs in adam_runs(step, gradients):
        torch.testing.assert_close(mine, theirs, atol=1e-14, rtol=1e-13)


def test_the_first_step_of_adam_is_the_rate_against_the_gradients_sign():
    theta = torch.zeros(3, dtype=DOUBLE)
    step(theta, torch.tensor([5.0, -0.01, 0.0], dtype=DOUBLE), None)
    torch.testing.assert_close(theta, torch.tensor([-LEARNING_RATE, LEARNING_RATE, 0], dtype=DOUBLE), atol=1e-8, rtol=0)


def uncorrected(theta, g, state):
    m, v = state or (torch.zeros_like(g), torch.zeros_like(g))
    m, v = BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g * g
    theta -= LEARNING_RATE * m / (v.sqrt() + EPSILON)
    return m, v


def epsilon_inside(theta, g, state):
    t, m, v = state or (0, torch.zeros_like(g), torch.zeros_like(g))
    t, m, v = t + 1, BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g * g
    theta -= LEARNING_RATE * m / (1 - BETA1**t) / (v / (1 - BETA2**t) + EPSILON).sqrt()
    return t, m, v


@pytest.mark.parametrize("wrong", [uncorrected, epsilon_inside])
def test_a_wrong_adam_is_seen(wrong):
    gradients = 1e-4 * torch.randn(20, 5, generator=torch.Generator().manual_seed(0), dtype=DOUBLE)
    assert max(float((a - b).abs().max()) for a, b in adam_runs(wrong, gradients)) > 1e-5


def test_a_step_moves_the_views_of_the_vector():
    theta = torch.zeros(103, dtype=DOUBLE)
    views = unflatten(theta)
    step(theta, torch.ones(103, dtype=DOUBLE), None)
    torch.testing.assert_close(views["W2"], torch.full((5, 5), -LEARNING_RATE, dtype=DOUBLE))


def test_training_leaves_the_task_as_it_was_and_keeps_the_first_gradient():
    task = pose_seed(0, torch.device("cpu"), DOUBLE)
    before, first = flatten(task.theta), Network(task.theta).backpropagate(task.x, task.y)[1]
    outcome = train(Network, task, 3)
    assert torch.equal(flatten(task.theta), before)
    assert all(torch.equal(outcome[f"d{name}"], g) for name, g in first.items())
