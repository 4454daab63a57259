"""ex07.c.depth: the passage by hand is autograd's, and weights have their deviation."""

import math

import pytest
import torch

from bench_exercises.ex07_iris_by_hand.c_passage import (
    ACTIVATIONS,
    DEVIATIONS,
    by_autograd,
    gain,
    layers,
    numbers,
    passage,
    rms,
)

LIKE = torch.empty(0, dtype=torch.float64)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_slopes_are_autograds(name):
    z = torch.linspace(-4, 4, 100, dtype=torch.float64, requires_grad=True)
    activation = ACTIVATIONS[name]
    (slope,) = torch.autograd.grad(activation.f(z).sum(), z)
    torch.testing.assert_close(activation.slope(z.detach()), slope, atol=1e-14, rtol=0)
    assert slope.max() <= activation.steepest + 1e-14


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_passage_is_autograds(name):
    drawn = numbers(0, 5, LIKE, width=7, depth=3)
    weights, biases = layers(drawn, "PyTorch default")
    f = ACTIVATIONS[name].f
    zs, a = [], drawn.x
    for W, b in zip(weights, biases, strict=True):
        z = (a @ W.T + b).requires_grad_()
        zs.append(z)
        a = f(z)
    gradients = torch.autograd.grad(a, zs, drawn.top)
    by_hand = passage(ACTIVATIONS[name], weights, biases, drawn)
    torch.testing.assert_close(by_hand.gradient, torch.stack([rms(g) for g in gradients]), atol=1e-14, rtol=1e-12)
    assert float(by_hand.norm[-1]) == pytest.approx(float(rms(a.detach())))


def test_gain_is_the_geometric_mean():
    assert gain(torch.tensor([3.0, 6.0, 12.0], dtype=torch.float64)) == pytest.approx(2)


@pytest.mark.parametrize("initialisation", DEVIATIONS)
def test_weights_have_their_deviation(initialisation):
    weights, biases = layers(numbers(0, 1, LIKE, depth=2), initialisation)
    assert float(weights.std()) == pytest.approx(DEVIATIONS[initialisation], rel=0.02)
    assert bool(biases.any()) == (initialisation == "PyTorch default")


def test_without_the_factor_2_relu_loses_a_root_of_2_a_layer():
    drawn = numbers(1, 32, LIKE, depth=12)
    gains = {
        name: passage(ACTIVATIONS["ReLU"], *layers(drawn, name), drawn).backward_gain() for name in ("He", "Xavier")
    }
    assert gains["He"] / gains["Xavier"] == pytest.approx(math.sqrt(2), rel=1e-9)
    assert gains["He"] == pytest.approx(1, abs=0.05)


def test_autograd_is_asked_for_every_layer():
    drawn = numbers(0, 5, LIKE, width=7, depth=3)
    weights, biases = layers(drawn, "He")
    assert by_autograd(torch.tanh, weights, biases, drawn).shape == (3,)
