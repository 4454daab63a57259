"""By hand: a training along the gradients of ``Network.backpropagate``, with the steps of the kit's own optimisers."""

from __future__ import annotations

import torch
from torch import Tensor

from bench.kit.byhand.optimisers import AdamState, adam, sgd

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
    for name in reversed(list(theta)):
        parameter = theta[name]
        if name not in gradient:
            raise ValueError(f"backpropagate gives no derivative by {name}; it gives {', '.join(gradient)}")
        if gradient[name].shape != parameter.shape:
            ours, theirs = tuple(gradient[name].shape), tuple(parameter.shape)
            raise ValueError(f"backpropagate gives a derivative by {name} of shape {ours}, and {name} has {theirs}")
    return gradient


def train(network: type[Network], task: Task, steps: int, choices: Choices = SHEET) -> dict[str, Tensor]:
    """Full batch, from the task's parameters; gives an ``outcome``."""
    theta = flatten(task.theta)
    net, state = network(unflatten(theta, shapes_of(task.theta))), None
    losses: list[Tensor] = []
    first: Theta = {}
    for _ in range(steps):
        loss, gradient = net.backpropagate(task.x, task.y)
        first = first or fitting(gradient, net.theta)
        state = step(theta, flatten(gradient), state, choices)
        losses.append(loss)
    return outcome(torch.stack(losses), net.theta, first)
