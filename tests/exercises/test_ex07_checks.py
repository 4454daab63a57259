"""ex07.b: finite differences are taken where they are derivatives, and wrong derivatives are seen."""

import pytest
import torch

from bench.kit.compare import max_error, relative_error
from bench.testing import lab
from bench_exercises.ex07_iris_by_hand.checks import MISTAKES, by_differences, differences, mistakes
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import flatten, initial, pose
from bench_exercises.ex07_iris_by_hand.reference import by_autograd


def drawn(seed, batch):
    """Parameters around zero, so that about half of all pre-activations are negative, and a batch."""
    generator = torch.Generator().manual_seed(seed)
    theta = {name: 2 * (p.double() - 0.5) for name, p in initial(generator).items()}
    x = torch.randn(batch, 4, generator=generator, dtype=torch.float64)
    return theta, x, torch.randint(3, (batch,), generator=generator)


def the_task(seed=0):
    return pose(lab(seed))


def test_finite_differences_step_around_a_kink():
    """z = 5e-7 at the first node: a step of 1e-6 would span the kink, and average the two slopes."""
    theta, x, y = drawn(1, 1)
    theta["b1"][0] += 5e-7 - (theta["W1"] @ x[0] + theta["b1"])[0]
    _, gradient = Network(theta).backpropagate(x, y)
    assert relative_error(by_differences(theta, x, y), gradient) < 1e-6


def test_finite_differences_leave_the_parameters_as_they_were():
    theta, x, y = drawn(2, 3)
    before = flatten(theta)
    by_differences(theta, x, y)
    assert torch.equal(flatten(theta), before)


class WrongSign(Network):
    def backpropagate(self, x, y):
        loss, gradient = super().backpropagate(x, y)
        return loss, {name: -g for name, g in gradient.items()}


class Transposed(Network):
    def backpropagate(self, x, y):
        loss, gradient = super().backpropagate(x, y)
        return loss, gradient | {"W2": gradient["W2"].T}


class NotANumber(Network):
    def backpropagate(self, x, y):
        loss, gradient = super().backpropagate(x, y)
        return loss, gradient | {"b2": gradient["b2"] * float("nan")}


@pytest.mark.parametrize("wrong", [WrongSign, Transposed, NotANumber, *[m for n, m in MISTAKES.items() if n != "none"]])
def test_a_wrong_derivative_is_seen(wrong):
    t = the_task()
    _, gradient = wrong(t.theta).backpropagate(t.x, t.y)
    assert relative_error(gradient, by_autograd(t.theta, t.x, t.y)) > 1e-3
    assert relative_error(gradient, by_differences(t.theta, t.x, t.y)) > 1e-3


def test_the_table_of_mistakes_starts_with_none():
    errors = mistakes(the_task())
    assert errors.pop("none") < 1e-12
    assert min(errors.values()) > 1e-3


def test_of_many_parameters_some_are_differenced():
    task = pose(lab())
    slopes = differences(task.theta, task.x, task.y, most=10)
    gradient = by_autograd(task.theta, task.x, task.y)
    assert sum(int(taken.sum()) for taken in slopes.taken.values()) == 10
    assert max_error(slopes.measured(gradient), slopes.gradient) < 1e-6
