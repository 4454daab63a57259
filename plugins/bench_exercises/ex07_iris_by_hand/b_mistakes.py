"""7b: the classic mistakes of a backward pass, of Adam and of the split, and the claims that they fail."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error

from .by_hand import BETA1, BETA2, EPSILON, train
from .checks import mistakes
from .network import Network
from .problem import LEARNING_RATE, Task, flatten, shapes_of, unflatten

STEPS = 20
Rule = Callable[[Tensor, Tensor, int], Tensor]
"""The length of a step, of the two moments and the number of the step."""


def study(lab: Lab, task: Task) -> None:
    gradients = mistakes(task)
    del gradients["none"]
    along = "parameters by hand = autograd, all along"
    right = train(Network, task, STEPS)
    expected = {name: right[name] for name in task.theta}
    break_it(
        lab,
        *(Mistake(name=name, fails="gradients by hand = autograd", value=e) for name, e in gradients.items()),
        *(Mistake(name=name, fails=along, value=max_error(adam(task, rule), expected)) for name, rule in RULES.items()),
        Mistake(name="a fifth of all flowers tested on", fails="flowers to test on", value=round(0.2 * 150)),
    )


def uncorrected(m: Tensor, v: Tensor, t: int) -> Tensor:
    return m / (v.sqrt() + EPSILON)


def inside(m: Tensor, v: Tensor, t: int) -> Tensor:
    return m / (1 - BETA1**t) / (v / (1 - BETA2**t) + EPSILON).sqrt()


RULES: dict[str, Rule] = {"Adam: no bias correction": uncorrected, "Adam: ε below the root": inside}


def adam(task: Task, rule: Rule) -> dict[str, Tensor]:
    """The parameters after a few steps."""
    theta = flatten(task.theta)
    net = Network(unflatten(theta, shapes_of(task.theta)))
    m, v = torch.zeros_like(theta), torch.zeros_like(theta)
    for t in range(1, STEPS + 1):
        g = flatten(net.backpropagate(task.x, task.y)[1])
        m, v = BETA1 * m + (1 - BETA1) * g, BETA2 * v + (1 - BETA2) * g * g
        theta -= LEARNING_RATE * rule(m, v, t)
    return dict(net.theta)
