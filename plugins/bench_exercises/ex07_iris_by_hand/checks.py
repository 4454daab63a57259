"""Is a gradient right? Autograd's, central differences', and a few wrong ones to see that the check can tell."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .network import Network
from .task import Task, Theta, flatten, unflatten
from .training import named, sequential


def by_autograd(theta: Theta, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """The gradient of the mean negative log-likelihood, of PyTorch's own layers."""
    model = sequential(theta)
    nn.NLLLoss()(model(x), y).backward()
    return {name: p.grad for name, p in zip(named(model), model.parameters(), strict=True)}


def by_differences(theta: Theta, x: Tensor, y: Tensor, h: float = 1e-6) -> dict[str, Tensor]:
    """The central difference (L(θ + h) - L(θ - h)) / 2h for each parameter in turn: two forward passes each."""
    vector = flatten(theta)
    loss = Network(unflatten(vector)).loss
    gradient = torch.empty_like(vector)
    for i, middle in enumerate(vector.tolist()):
        vector[i] = middle + h
        above = loss(x, y)
        vector[i] = middle - h
        gradient[i] = (above - loss(x, y)) / (2 * h)
        vector[i] = middle
    return unflatten(gradient)


def distance(found: Theta, expected: Theta) -> float:
    """max|found - expected| / max|expected| of each array, the worst of them."""
    return max(float((found[name] - e).abs().max() / e.abs().max()) for name, e in expected.items())


class NoSlope(Network):
    """Forgets that LeakyReLU has a slope on the left."""

    slope = staticmethod(torch.ones_like)


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
