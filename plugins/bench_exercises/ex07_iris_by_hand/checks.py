"""Is a gradient right? Central differences, and a few wrong backward passes, to see that the check can tell."""

from __future__ import annotations

import torch
from torch import Tensor

from bench.kit.compare import relative_error

from .network import Network
from .problem import Task, Theta, flatten, shapes_of, unflatten
from .reference import by_autograd


def by_differences(theta: Theta, x: Tensor, y: Tensor, h: float = 1e-6) -> dict[str, Tensor]:
    """The central difference (L(θ + h) - L(θ - h)) / 2h for each parameter in turn.

    A difference that spans a kink of LeakyReLU is no derivative. Where any pre-activation has another sign at θ + h
    than at θ - h, h is made ten times smaller; where all have the same, none has changed in between, for layer after
    layer is affine in the one parameter that moves.
    """
    vector = flatten(theta)
    net = Network(unflatten(vector, shapes_of(theta)))

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
    return unflatten(gradient, shapes_of(theta))


def signs(net: Network, x: Tensor) -> Tensor:
    """Which hidden pre-activations are positive, of shape (N, 15)."""
    return torch.cat(net.forward(x)[0][1:-1], 1) > 0


class NoSlope(Network):
    """Forgets that LeakyReLU has a slope on the left."""

    @staticmethod
    def slope(z: Tensor) -> Tensor:
        return torch.ones_like(z)


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
        name: relative_error(network(task.theta).backpropagate(task.x, task.y)[1], expected)
        for name, network in MISTAKES.items()
    }
