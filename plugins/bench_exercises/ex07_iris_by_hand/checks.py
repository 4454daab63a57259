"""Is a gradient right? Central differences, and a few wrong backward passes, to see that the check can tell; and how
far two right computations may be apart."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import relative_error

from .network import Network, log_softmax, one_hot
from .problem import Task, Theta, flatten, shapes_of, unflatten
from .reference import by_autograd

EXACT, STEP = 1e-10, 1e-6
"""What claims of equality allow in float64, where rounding alone goes no further; and the step of the differences."""
MOST = 400
"""Parameters whose differences are taken: all 103 on the sheet."""
SMALLEST = 1e-12
"""A step that is smaller is lost in the rounding of the parameter."""
BLIND = 1e-3
"""Where rounding may go so far, nothing can be told from it."""


def same(lab: Lab, name: str, error: float, allowed: float, bound: float = EXACT) -> None:
    """A claim that two computations agree, made for all parameters with which an error could be told from rounding,
    which may come to ``allowed``."""
    lab.claim(name, error, at_most=max(bound, allowed), as_declared=not allowed <= BLIND)


def unequal(resumed: Tensor, whole: Tensor) -> int:
    """How many numbers differ, NaN from everything; all of them where there are not as many."""
    return int((resumed != whole).sum()) if resumed.shape == whole.shape else max(resumed.numel(), whole.numel())


@dataclass(frozen=True, slots=True)
class Slopes:
    """A gradient by differences, 0 where it was not ``taken``; ``step`` is the smallest h of all."""

    gradient: dict[str, Tensor]
    taken: dict[str, Tensor]
    step: float

    def measured(self, gradient: Theta) -> dict[str, Tensor]:
        """What of another gradient can be held against this one."""
        return {name: gradient[name] * taken for name, taken in self.taken.items()}


def by_differences(theta: Theta, x: Tensor, y: Tensor, h: float = STEP) -> dict[str, Tensor]:
    """The gradient by ``differences``."""
    return differences(theta, x, y, h).gradient


def differences(theta: Theta, x: Tensor, y: Tensor, h: float = STEP, most: int = MOST) -> Slopes:
    """The central difference (L(θ + h) - L(θ - h)) / 2h for each parameter in turn, or for ``most`` of them.

    A difference that spans a kink of LeakyReLU is no derivative. Where any pre-activation has another sign at θ + h
    than at θ - h, h is made ten times smaller; where all have the same, none has changed in between, for layer after
    layer is affine in the one parameter that moves.
    """
    vector, shapes = flatten(theta), shapes_of(theta)
    net = Network(unflatten(vector, shapes))

    def at(i: int, value: float) -> tuple[Tensor, Tensor]:
        vector[i] = value
        return net.loss(x, y), signs(net, x)

    gradient, taken, smallest = torch.zeros_like(vector), torch.zeros_like(vector), h
    for i in torch.randperm(len(vector), generator=torch.Generator().manual_seed(0))[:most].tolist():
        middle, step = float(vector[i]), h
        while True:
            (above, right), (below, left) = at(i, middle + step), at(i, middle - step)
            if torch.equal(right, left) or step < SMALLEST:
                break
            step /= 10
        gradient[i], taken[i], vector[i] = (above - below) / (2 * step), 1.0, middle
        smallest = min(smallest, step)
    return Slopes(unflatten(gradient, shapes), unflatten(taken, shapes), smallest)


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


class Descends(Network):
    """Takes t - p for p - t: the gradient has the other sign."""

    def backpropagate(self, x: Tensor, y: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        loss, gradient = super().backpropagate(x, y)
        return loss, {name: -g for name, g in gradient.items()}


class BiasMean(Network):
    """Takes the mean over the flowers once more, for the biases."""

    def backpropagate(self, x: Tensor, y: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        loss, gradient = super().backpropagate(x, y)
        return loss, {name: g / len(x) if name.startswith("b") else g for name, g in gradient.items()}


class TwoJacobians(Network):
    """Multiplies p - t by the softmax's derivative, which it has in it already: diag(p) - p pᵀ."""

    def backpropagate(self, x: Tensor, y: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        z, a = self.forward(x)
        p = log_softmax(z[-1]).exp()
        error = (p - one_hot(y, p)) / len(x)
        delta = p * error - p * (p * error).sum(1, keepdim=True)
        gradient: dict[str, Tensor] = {}
        for k in range(self.layers, 0, -1):
            gradient |= {f"W{k}": delta.T @ a[k - 1], f"b{k}": delta.sum(0)}
            delta = (delta @ self.theta[f"W{k}"]) * self.slope(z[k - 1])
        return self.loss(x, y), gradient


MISTAKES = {
    "none": Network,
    "no slope": NoSlope,
    "the slope of ReLU": ReluSlope,
    "sum for mean": Sum,
    "t - p for p - t": Descends,
    "biases: the mean over flowers, not their sum": BiasMean,
    "the softmax's derivative a second time": TwoJacobians,
}


def mistakes(task: Task) -> dict[str, float]:
    """How far each is from autograd."""
    expected = by_autograd(task.theta, task.x, task.y)
    return {
        name: relative_error(network(task.theta).backpropagate(task.x, task.y)[1], expected)
        for name, network in MISTAKES.items()
    }
