"""1a: the steps of the sheet in Python's own floats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import cycle

from .problem import SLOPE

Sample = tuple[list[float], float]
"""Three inputs and a target."""


def in_plain_python(weights: list[float], samples: Sequence[Sample], lr: float, steps: int) -> list[float]:
    """``steps`` steps of SGD on half the squared error, source-major, along the samples by turns."""
    w1, w2, w3, w4, w5, w6, w7, w8 = weights
    for _, ((x1, x2, x3), target) in zip(range(steps), cycle(samples), strict=False):
        h1 = math.tanh(w1 * x1 + w3 * x2 + w5 * x3)
        z2 = w2 * x1 + w4 * x2 + w6 * x3
        slope = 1.0 if z2 > 0 else SLOPE
        h2 = slope * z2
        o = 1 / (1 + math.exp(-(w7 * h1 + w8 * h2)))
        push = lr * (o - target) * o * (1 - o)
        push1, push2 = push * w7 * (1 - h1 * h1), push * w8 * slope
        w1, w3, w5 = w1 - push1 * x1, w3 - push1 * x2, w5 - push1 * x3
        w2, w4, w6 = w2 - push2 * x1, w4 - push2 * x2, w6 - push2 * x3
        w7, w8 = w7 - push * h1, w8 - push * h2
    return [w1, w2, w3, w4, w5, w6, w7, w8]
