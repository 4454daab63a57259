"""1a: steps of SGD by autograd, by hand in torch, and in Python's own floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import cycle

import torch
from torch import Tensor

from bench import Lab

from .a_plain_python import in_plain_python
from .by_hand import backward
from .network import forward
from .problem import TARGET, given
from .reference import by_autograd

LEARNING_RATE = 0.1
TARGETS = (0.7, TARGET)


def variants(lab: Lab, steps: int) -> Mapping[str, Callable[[], Tensor]]:
    """``steps`` steps of SGD on half the squared error, from the sheet's weights, along two inputs by turns.

    The first is the probe, with a target that is not 0: so both branches of LeakyReLU are taken, and t matters.
    """
    w, sheet, probe = given(lab)
    noise = 0.1 * torch.randn(2, 3, generator=lab.generator()).to(w)
    inputs = [probe + noise[0], sheet + noise[1]]

    def steps_by(gradient: Callable[[Tensor, Tensor, float], Tensor]) -> Tensor:
        current = w
        for _, x, target in zip(range(steps), cycle(inputs), cycle(TARGETS), strict=False):
            current = current - LEARNING_RATE * gradient(current, x, target)
        return current

    def autograd(current: Tensor, x: Tensor, target: float) -> Tensor:
        return by_autograd(current, x, "half_mse", "source_major", target=target)

    def by_hand(current: Tensor, x: Tensor, target: float) -> Tensor:
        at = forward(current, x, "source_major")
        return backward(at, current, x, loss="half_mse", ordering="source_major", target=target).gradient

    def plain() -> Tensor:
        samples = [(x.tolist(), target) for x, target in zip(inputs, TARGETS, strict=True)]
        return w.new_tensor(in_plain_python(w.tolist(), samples, LEARNING_RATE, steps))

    return {
        "autograd": lambda: steps_by(autograd),
        "by hand, torch": lambda: steps_by(by_hand),
        "by hand, plain Python": plain,
    }
