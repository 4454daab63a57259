"""By hand: a training along the gradients of ``Network.backpropagate``, with the steps of the kit's own optimisers."""

from __future__ import annotations

import torch
from torch import Tensor

from bench.kit.byhand.optimisers import AdamState, adam, sgd
from bench.kit.compare import nudged

from .network import Network
from .problem import SHEET, Choices, Task, Theta, flatten, outcome, shapes_of, unflatten

BETA1, BETA2 = 0.9, 0.999
EPSILON = 1e-8


def step(theta: Tensor, gradient: Tensor, state: AdamState | None, choices: Choices = SHEET) -> AdamState | None:
    """One step of Adam, or of plain SGD where that is chosen, which moves the vector ``theta`` in place; ``state`` is
    None before the first."""
    rate = choices.learning_rate
    if choices.optimizer == "sgd":
        (moved,), _ = sgd((theta,), (gradient,), lr=rate)
    else:
        (moved,), state = adam((theta,), (gradient,), state, lr=rate, betas=(BETA1, BETA2), eps=EPSILON)
    theta.copy_(moved)  # the network's parameters are views of it
    return state


def fitting(gradient: Theta, theta: Theta) -> Theta:
    """The gradient. Raises ``ValueError`` for the first parameter, from the last layer down, that has none of its
    shape."""
    for name, parameter in reversed(list(theta.items())):
        if name not in gradient:
            raise ValueError(f"backpropagate gives no derivative by {name}; it gives {', '.join(gradient)}")
        if gradient[name].shape != parameter.shape:
            ours, theirs = tuple(gradient[name].shape), tuple(parameter.shape)
            raise ValueError(f"backpropagate gives a derivative by {name} of shape {ours}, and {name} has {theirs}")
    return gradient


class Walk:
    """A training on its way, full batch, from the task's parameters: they lie in one vector, of which those of ``net``
    are views."""

    def __init__(self, network: type[Network], task: Task, choices: Choices = SHEET) -> None:
        self.task, self.choices = task, choices
        self.theta = flatten(task.theta)
        self.net = network(unflatten(self.theta, shapes_of(task.theta)))
        self.state: AdamState | None = None
        self.steps = 0

    def epoch(self) -> tuple[Tensor, Theta]:
        """One step; the loss before it and the gradient."""
        loss, gradient = self.net.backpropagate(self.task.x, self.task.y)
        if self.steps == 0:
            fitting(gradient, self.net.theta)
        self.state = step(self.theta, flatten(gradient), self.state, self.choices)
        self.steps += 1
        return loss, gradient

    def nudge(self) -> None:
        """What rounding does to the parameters at every step, at a scale that can be measured."""
        self.theta.copy_(nudged({"theta": self.theta}, self.steps)["theta"])


def train(network: type[Network], task: Task, steps: int, choices: Choices = SHEET) -> dict[str, Tensor]:
    """Full batch, from the task's parameters; gives an ``outcome``."""
    walk = Walk(network, task, choices)
    losses: list[Tensor] = []
    first: Theta = {}
    for _ in range(steps):
        loss, gradient = walk.epoch()
        losses.append(loss)
        first = first or gradient
    return outcome(torch.stack(losses), walk.net.theta, first)
