"""7c: a signal on its way up through many layers, and a gradient on its way down, by hand and without a graph.

z = a Wᵀ + b and a = f(z) forwards, δ = (δ W) ⊙ f'(z) backwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from .network import SLOPE, leaky_relu

WIDTH, DEPTH = 256, 30
ABOVE_ROUNDING = 12
"""So many layers leave differences between inputs that float64 can show, whatever the initialisation."""


@dataclass(frozen=True, slots=True)
class Activation:
    f: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]
    """f'(z)."""
    steepest: float = 1.0
    """The largest f'(z) that there is."""


def sigmoid_slope(z: Tensor) -> Tensor:
    p = z.sigmoid()
    return p * (1 - p)


def relu_slope(z: Tensor) -> Tensor:
    return (z > 0).to(z)


def leaky_slope(z: Tensor) -> Tensor:
    return torch.where(z > 0, torch.ones_like(z), SLOPE)


ACTIVATIONS = {
    "sigmoid": Activation(torch.sigmoid, sigmoid_slope, 0.25),
    "tanh": Activation(torch.tanh, lambda z: 1 - z.tanh() ** 2),
    "ReLU": Activation(torch.relu, relu_slope),
    "leaky ReLU 0.2": Activation(leaky_relu, leaky_slope),
}

DEVIATIONS = {
    "PyTorch default": math.sqrt(1 / (3 * WIDTH)),
    "Xavier": math.sqrt(1 / WIDTH),
    "He": math.sqrt(2 / WIDTH),
    "He, leaky gain": math.sqrt(2 / ((1 + SLOPE**2) * WIDTH)),
    "4 × Xavier": 4 * math.sqrt(1 / WIDTH),
}
"""The deviation of a weight; as many nodes go in as come out. PyTorch's is U(-1/√n, 1/√n), for biases too."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What one seed gives to all initialisations: standard normal and standard uniform numbers."""

    x: Tensor
    """(B, width): the inputs, N(0, 1)."""
    top: Tensor
    """(B, width): the gradient that comes from above, N(0, 1)."""
    normal: Tensor
    """(depth, width, width)."""
    uniform: Tensor
    """(depth, width, width + 1), from -1 to 1; the last column is for biases."""


def numbers(seed: int, batch: int, like: Tensor, *, width: int = WIDTH, depth: int = DEPTH) -> Numbers:
    """Drawn on the CPU in float32."""
    generator = torch.Generator().manual_seed(seed)
    x, top = torch.randn(2, batch, width, generator=generator).to(like)
    normal = torch.randn(depth, width, width, generator=generator).to(like)
    uniform = 2 * torch.rand(depth, width, width + 1, generator=generator).to(like) - 1
    return Numbers(x, top, normal, uniform)


def layers(drawn: Numbers, initialisation: str) -> tuple[Tensor, Tensor]:
    """Weights (depth, width, width) and biases (depth, width)."""
    if initialisation == "PyTorch default":
        bounded = drawn.uniform / math.sqrt(drawn.uniform.shape[1])
        return bounded[:, :, :-1], bounded[:, :, -1]
    return DEVIATIONS[initialisation] * drawn.normal, torch.zeros_like(drawn.normal[:, 0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Per layer, from the first, on the CPU."""

    norm: Tensor
    """The root mean square of a."""
    spread: Tensor
    """How far a differs from input to input: the root mean square over nodes of the deviation over the batch."""
    gradient: Tensor
    """The root mean square of δ."""
    saturated: Tensor
    """The share of f'(z) below a tenth of the steepest."""

    def forward_gain(self) -> float:
        return gain(self.norm)

    def spread_gain(self) -> float:
        """Over the first layers only: further up a sigmoid network has nothing but rounding to tell inputs apart."""
        return gain(self.spread[:ABOVE_ROUNDING])

    def backward_gain(self) -> float:
        return gain(self.gradient.flip(0))


def gain(series: Tensor) -> float:
    """The factor a layer, as a geometric mean over the way."""
    return float((series[-1] / series[0]) ** (1 / (len(series) - 1)))


def passage(activation: Activation, weights: Tensor, biases: Tensor, drawn: Numbers) -> Passage:
    """Forwards through all layers, and backwards from ``drawn.top``, the gradient by the last layer's a."""
    zs, outs = up(activation, weights, biases, drawn.x)
    norm, spread = torch.stack([torch.stack([rms(a), rms(a - a.mean(0))]) for a in outs], 1).cpu()
    slopes = [activation.slope(z) for z in zs]
    deltas = down(slopes, weights, drawn.top)
    saturated = (torch.stack(slopes) < activation.steepest / 10).double().mean((1, 2))
    return Passage(
        norm=norm,
        spread=spread,
        gradient=torch.stack([rms(delta) for delta in deltas]).cpu(),
        saturated=saturated.cpu(),
    )


def up(activation: Activation, weights: Tensor, biases: Tensor, x: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """z and a = f(z) of every layer."""
    a, zs, outs = x, [], []
    for W, b in zip(weights, biases, strict=True):
        z = a @ W.T + b
        a = activation.f(z)
        zs.append(z)
        outs.append(a)
    return zs, outs


def down(slopes: list[Tensor], weights: Tensor, top: Tensor) -> list[Tensor]:
    """The gradient by every z, from the first layer's, where ``top`` is that by the last a."""
    delta, deltas = top, []
    for W, slope in zip(weights.flip(0), reversed(slopes), strict=True):
        delta = delta * slope
        deltas.append(delta)
        delta = delta @ W
    return deltas[::-1]


def rms(values: Tensor) -> Tensor:
    return values.square().mean().sqrt()


def by_autograd(f: Callable[[Tensor], Tensor], weights: Tensor, biases: Tensor, drawn: Numbers) -> Tensor:
    """The root mean squares (depth,) of the gradients by every z."""
    zs, a = [], drawn.x
    for W, b in zip(weights, biases, strict=True):
        zs.append((a @ W.T + b).requires_grad_())
        a = f(zs[-1])
    return torch.stack([rms(g) for g in torch.autograd.grad(a, zs, drawn.top)])
