"""1b: the chain rule path by path, and the same gradient by back-propagation, with every multiplication counted.

A net is its widths, input first, and one matrix per layer, (to, from); hidden layers are Tanh, the output is Sigmoid,
the loss is half the squared error. All numbers are Python floats: what is counted is what is computed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import torch
from torch import Tensor

Matrix = list[list[float]]
MOST_PATHS = 1_000_000


@dataclass(slots=True)
class Multiplier:
    """Multiplies, and counts how often."""

    count: int = 0

    def __call__(self, *factors: float) -> float:
        self.count += len(factors) - 1
        return math.prod(factors)


@dataclass(frozen=True, slots=True)
class Net:
    """The weights of layers 1 ... L, the values a_0 ... a_L, the slopes f'(z_1) ... f'(z_L), and dL/do."""

    layers: list[Matrix]
    values: list[list[float]]
    slopes: list[list[float]]
    push: float

    @property
    def widths(self) -> tuple[int, ...]:
        return tuple(len(values) for values in self.values)


def checked(widths: Sequence[int]) -> tuple[int, ...]:
    """Widths from the input to the one output, or ``ValueError``."""
    if len(widths) < 2 or min(widths) < 1 or widths[-1] != 1:
        raise ValueError(f"widths must be at least two positive numbers, the last of them 1, got {tuple(widths)}")
    return tuple(int(width) for width in widths)


def draw(widths: Sequence[int], generator: torch.Generator) -> tuple[list[Tensor], Tensor]:
    """Weights N(0, 1/from) and an input N(0, 1), drawn in float32 and given in float64."""
    layers = [
        (torch.randn(to, come, generator=generator) / math.sqrt(come)).double()
        for come, to in pairwise(checked(widths))
    ]
    return layers, torch.randn(widths[0], generator=generator).double()


def loss_of(layers: Sequence[Tensor], x: Tensor) -> Tensor:
    """The loss in torch, for x of shape (n,) or (n, 1); the target is 0."""
    for layer in layers[:-1]:
        x = torch.tanh(layer @ x)
    return (torch.sigmoid(layers[-1] @ x) ** 2).sum() / 2


def evaluate(layers: Sequence[Tensor], x: Tensor) -> Net:
    """The forward pass, kept."""
    matrices = [layer.tolist() for layer in layers]
    values, slopes = [x.tolist()], []
    for number, matrix in enumerate(matrices, start=1):
        z = [sum(w * a for w, a in zip(row, values[-1], strict=True)) for row in matrix]
        last = number == len(matrices)
        values.append([1 / (1 + math.exp(-s)) if last else math.tanh(s) for s in z])
        slopes.append([h * (1 - h) if last else 1 - h * h for h in values[-1]])
    return Net(matrices, values, slopes, push=values[-1][0])


def paths(widths: Sequence[int], layer: int = 1) -> Iterator[tuple[int, ...]]:
    """Every path from a value that feeds ``layer`` (1 ... L) to the output: one node per layer that it visits."""
    return product(*(range(width) for width in widths[layer - 1 :]))


def by_paths(net: Net, layer: int, multiply: Multiplier) -> Matrix:
    """dL/dW of one layer: the sum over all paths, every product taken from scratch.

    A product holds the value at the start of its path, a slope and a weight for every layer that it crosses, and
    delta_o, which is given: 2 (L - layer) + 1 multiplications.
    """
    if (number := math.prod(net.widths[layer - 1 :])) > MOST_PATHS:
        raise ValueError(f"widths {net.widths} have {number} paths; at most {MOST_PATHS} are walked one by one")
    delta_o = net.push * net.slopes[-1][0]
    gradient = [[0.0] * net.widths[layer - 1] for _ in range(net.widths[layer])]
    for start, head, *rest in paths(net.widths, layer):
        factors, node = [net.values[layer - 1][start], delta_o], head
        for crossed, following in enumerate(rest, start=layer):
            factors += net.slopes[crossed - 1][node], net.layers[crossed][following][node]
            node = following
        gradient[head][start] += multiply(*factors)
    return gradient


def deltas(net: Net, multiply: Multiplier) -> list[list[float]]:
    """delta_L, then delta_l = (W_{l+1}^T delta_{l+1}) * f'(z_l) down to l = 1; given in the order 1 ... L."""
    found = [[multiply(net.push, net.slopes[-1][0])]]
    for weights, slopes in zip(net.layers[:0:-1], net.slopes[-2::-1], strict=True):
        back = [
            sum(multiply(w, d) for w, d in zip(column, found[0], strict=True)) for column in zip(*weights, strict=True)
        ]
        found.insert(0, [multiply(b, slope) for b, slope in zip(back, slopes, strict=True)])
    return found


def by_deltas(net: Net, layer: int, found: Sequence[Sequence[float]], multiply: Multiplier) -> Matrix:
    """dL/dW of one layer from the deltas: dL/dW_l = delta_l a_{l-1}^T."""
    return [[multiply(delta, value) for value in net.values[layer - 1]] for delta in found[layer - 1]]


def first_layer(net: Net) -> tuple[Matrix, Matrix, int, int]:
    """dL/dW_1 path by path and by deltas, and the multiplications that each took."""
    one, other = Multiplier(), Multiplier()
    by_path = by_paths(net, 1, one)
    by_delta = by_deltas(net, 1, deltas(net, other), other)
    return by_path, by_delta, one.count, other.count


def path_multiplications(widths: Sequence[int], layer: int = 1) -> int:
    """What ``by_paths`` counts, in closed form."""
    return math.prod(widths[layer - 1 :]) * (2 * (len(widths) - 1 - layer) + 1)


def backpropagation_multiplications(widths: Sequence[int]) -> int:
    """What ``deltas`` and then ``by_deltas`` for layer 1 count, in closed form."""
    inner = sum(come * to + come for come, to in pairwise(widths[1:]))
    return 1 + inner + widths[0] * widths[1]
