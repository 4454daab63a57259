"""1a: steps of SGD by autograd, by hand in torch, and in Python's own floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from bench import Lab

from .a_plain_python import in_plain_python
from .by_hand import backward
from .network import forward
from .problem import given
from .reference import by_autograd


def variants(lab: Lab, steps: int) -> Mapping[str, Callable[[], Tensor]]:
    """Every variant takes ``steps`` steps of SGD with rate 0.1 on half the squared error, from the sheet's weights."""
    w, x, _ = given(lab)
    x = x + 0.1 * torch.randn(3, generator=lab.generator()).to(x)

    def steps_by(gradient: Callable[[Tensor], Tensor]) -> Tensor:
        current = w
        for _ in range(steps):
            current = current - 0.1 * gradient(current)
        return current

    def by_hand(current: Tensor) -> Tensor:
        return backward(
            forward(current, x, "source_major"), current, x, loss="half_mse", ordering="source_major"
        ).gradient

    return {
        "autograd": lambda: steps_by(lambda current: by_autograd(current, x, "half_mse", "source_major")),
        "by hand, torch": lambda: steps_by(by_hand),
        "by hand, plain Python": lambda: w.new_tensor(in_plain_python(w.tolist(), x.tolist(), 0.1, steps)),
    }
