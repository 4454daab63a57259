"""Is a gradient right? Autograd's, central differences', and a few wrong ones to see that the check can tell."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .network import LAYERS, Network
from .problem import Task, Theta, flatten, unflatten
from .reference import gradients, sequential


def by_autograd(theta: Theta, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """The gradient of the mean negative log-likelihood, of PyTorch's own layers."""
    model = sequential(theta)
    nn.NLLLoss()(model(x), y).backward()
    return gradients(model)


def by_differences(theta: Theta, x: Tensor, y: Tensor, h: float = 1e-6) -> dict[str, Tensor]:
    """The central difference (L(θ + h) - L(θ - h)) / 2h for each parameter in turn.

    A difference that spans a kink of LeakyReLU is no derivative. Where any pre-activation has another sign at θ + h
    than at θ - h, h is made ten times smaller; where all have the same, none has changed in between, for layer after
    layer is affine in the one parameter that moves.
    """
    vector = flatten(theta)
    net = Network(unflatten(vector))

    def at(i: int, value: float) -> tuple[Tensor, Tensor]:
        vector[i] = value
        return net.loss(x, y), signs(net, x)

    gradient = torch.empty_like(vector)
    for i, middle in enumerate(vector.tolist()):
        step = h
        while True:
            (above, right), (below, left) = at(i, middle + step), at(i, middle - step)
            if torch.equal(right, left):
                break
            step /= 10
        gradient[i] = (above - below) / (2 * step)
        vector[i] = middle
    return unflatten(gradient)


def signs(net: Network, x: Tensor) -> Tensor:
    """Which hidden pre-activations are positive, of shape (N, 15)."""
    return torch.cat(net.forward(x)[0][1:LAYERS], 1) > 0


def distance(found: Theta, expected: Theta) -> float:
    """max|found - expected| / max|expected| of each array, the worst of them."""
    return max(float((found[name] - e).abs().max() / e.abs().max()) for name, e in expected.items())


class NoSlope(Network):
    """Forgets that LeakyReLU has a slope on the left."""

    slope: Any = staticmethod(torch.ones_like)


class ReluSlope(Network):
    """Takes LeakyReLU for ReLU on the way back."""

    @staticmethod
    def slope(z: Tensor) -> Tensor:
        return (z > 0).to(z)


class Sum(Network):
    """Forgets the 1/N of the mean."""

    def backpropagate(self, x: Tensor, y: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        loss, gradient = super().backpropagate(x, y)
        return loss, {name: len(x) * g for name, g in gradient.items()}


MISTAKES = {"none": Network, "no slope": NoSlope, "the slope of ReLU": ReluSlope, "sum for mean": Sum}


def mistakes(task: Task) -> dict[str, float]:
    """How far each is from autograd."""
    expected = by_autograd(task.theta, task.x, task.y)
    return {
        name: distance(network(task.theta).backpropagate(task.x, task.y)[1], expected)
        for name, network in MISTAKES.items()
    }
