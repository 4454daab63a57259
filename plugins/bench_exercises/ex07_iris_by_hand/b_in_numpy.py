"""By hand, in NumPy: the arrays and the steps of ``b_in_place``, to see what calling PyTorch's operations costs.

A NumPy array that views a tensor shares its memory, so only the inner methods are written anew. CPU only.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
from torch import Tensor

from .b_in_place import InPlace, Layer
from .network import SLOPE
from .problem import Task


class InNumPy(InPlace):
    """``InPlace`` with another inner loop; ``at`` holds its arrays as NumPy sees them."""

    def __init__(self, task: Task, steps: int) -> None:
        super().__init__(task, steps)
        self.at = SimpleNamespace(**{name: as_numpy(value) for name, value in vars(self).items()})
        self.schedule = [(as_numpy(total), as_numpy(hit), rate, epsilon) for total, hit, rate, epsilon in self.schedule]
        self.change = np.empty_like(self.at.moments)
        self.scratch = [np.empty_like(layer.z) for layer in self.at.layers]

    def forward(self, total: Any, hit: Any) -> None:
        at = self.at
        *hidden, last = at.layers
        for layer, leaked in zip(hidden, self.scratch, strict=False):
            np.matmul(layer.W, layer.a, out=layer.z)
            np.multiply(layer.z, SLOPE, out=leaked)
            np.maximum(layer.z, leaked, out=layer.z)
        np.matmul(last.W, last.a, out=last.z)
        np.amax(last.z, 0, keepdims=True, out=at.peak)
        np.subtract(last.z, at.peak, out=last.z)
        np.exp(last.z, out=at.exp)
        np.matmul(at.ones, at.exp, out=total)
        hit[...] = np.vdot(last.z, at.y)

    def backward(self, total: Any) -> None:
        at, top = self.at, self.at.layers[-1]
        np.greater(at.hidden, 0, out=at.slopes)
        np.maximum(at.slopes, SLOPE, out=at.slopes)
        np.divide(at.exp, total, out=top.delta)
        np.subtract(top.delta, at.y, out=top.delta)
        np.divide(top.delta, self.n, out=top.delta)
        for k in range(len(at.layers) - 1, 0, -1):
            layer, below = at.layers[k], at.layers[k - 1]
            np.matmul(layer.delta, layer.a_T, out=layer.dW)
            np.matmul(layer.W_T, layer.delta, out=below.delta)
            np.multiply(below.delta, below.slope, out=below.delta)
        np.matmul(at.layers[0].delta, at.layers[0].a_T, out=at.layers[0].dW)

    def adam(self, learning_rate: float, epsilon: float) -> None:
        at = self.at
        np.multiply(at.gradient, at.gradient, out=at.squared)
        np.subtract(at.news, at.moments, out=self.change)
        np.multiply(self.change, at.weight, out=self.change)
        np.add(at.moments, self.change, out=at.moments)
        np.sqrt(at.v, out=at.root)
        np.add(at.root, epsilon, out=at.root)
        np.divide(at.m, at.root, out=at.root)
        np.multiply(at.root, learning_rate, out=at.root)
        np.subtract(at.theta, at.root, out=at.theta)


def as_numpy(value: object) -> object:
    """Tensors as the NumPy arrays that view them, layers too; anything else as it is."""
    if isinstance(value, Tensor):
        return value.numpy()
    if isinstance(value, Layer):
        return SimpleNamespace(**{name: as_numpy(getattr(value, name)) for name in Layer.__slots__})
    if isinstance(value, list):
        return [as_numpy(item) for item in value]
    return value
