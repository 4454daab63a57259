"""7c in depth: what 30 layers of 256 nodes do to a signal on its way up, and to a gradient on its way down.

By hand, without a graph: z = a Wᵀ + b and a = f(z) forwards, δ = (δ W) ⊙ f'(z) backwards; for every activation with
every initialisation.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error

from .figures import by_layer
from .network import SLOPE, leaky_relu

WIDTH, DEPTH = 256, 30
ABOVE_ROUNDING = 12
"""So many layers leave differences between inputs that float64 can show, whatever the initialisation."""
DOWN = "From the last layer, on the right, to the first. A gradient that keeps its size is a level line."
UP = "How much a layer's activations still tell one input from another. Below 1e-16 there is only rounding."


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
    slope: Tensor
    """The mean of f'(z)²."""

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
    a, delta = drawn.x, drawn.top
    outs, slopes, deltas = [], [], []
    for W, b in zip(weights, biases, strict=True):
        z = a @ W.T + b
        a = activation.f(z)
        outs.append(torch.stack([rms(a), rms(a - a.mean(0))]))
        slopes.append(activation.slope(z))
    for W, slope in zip(weights.flip(0), reversed(slopes), strict=True):
        delta = delta * slope
        deltas.append(rms(delta))
        delta = delta @ W
    norm, spread = torch.stack(outs, 1).cpu()
    slope = torch.stack(slopes)
    saturated = (slope < activation.steepest / 10).double().mean((1, 2))
    return Passage(
        norm=norm,
        spread=spread,
        gradient=torch.stack(deltas[::-1]).cpu(),
        saturated=saturated.cpu(),
        slope=slope.square().mean((1, 2)).cpu(),
    )


def rms(values: Tensor) -> Tensor:
    return values.square().mean().sqrt()


Pair = tuple[str, str]
"""An activation and an initialisation."""
Passages = dict[Pair, list[Passage]]
"""For each pair one passage a network."""


def study(lab: Lab) -> None:
    networks, batch = lab.pick(smoke=(1, 32), quick=(3, 64), full=(20, 256))
    passages = pass_through(lab, networks, batch)
    rows = [row(pair, per_network) for pair, per_network in passages.items()]
    lab.table(f"Gain of a layer: {DEPTH} layers of {WIDTH} nodes, geometric mean", rows)
    for (activation, initialisation), per_network in passages.items():
        lab.metric(f"backward gain, {activation}, {initialisation}", mean(per_network, Passage.backward_gain))
    claims(lab, passages)
    lab.figure("Gradients on their way down", by_layer(lines(passages, "gradient"), "RMS of the gradient by z"), DOWN)
    lab.figure("Signals on their way up", by_layer(lines(passages, "spread"), "deviation over the inputs"), UP)


def pass_through(lab: Lab, networks: int, batch: int) -> Passages:
    """All pairs see the same numbers."""
    like = torch.empty(0, device=lab.device, dtype=lab.dtype)
    passages: Passages = {pair: [] for pair in product(ACTIVATIONS, DEVIATIONS)}
    for seed in lab.track(range(networks), "deep networks"):
        drawn = numbers(1000 * lab.seed + seed, batch, like)
        for (activation, initialisation), per_network in passages.items():
            weights, biases = layers(drawn, initialisation)
            per_network.append(passage(ACTIVATIONS[activation], weights, biases, drawn))
    return passages


def mean(passages: list[Passage], number: Callable[[Passage], float]) -> float:
    return sum(map(number, passages)) / len(passages)


def row(pair: Pair, passages: list[Passage]) -> dict[str, object]:
    return {
        "activation": pair[0],
        "initialisation": pair[1],
        "forward, norm": mean(passages, Passage.forward_gain),
        f"forward, spread ({ABOVE_ROUNDING} layers)": mean(passages, Passage.spread_gain),
        "backward": mean(passages, Passage.backward_gain),
        "√(n Var W · mean f'²)": expected(pair, passages),
        "f' below a tenth (%)": 100 * mean(passages, lambda p: float(p.saturated.mean())),
    }


def expected(pair: Pair, passages: list[Passage]) -> float:
    """The backward gain of the theory, with the slopes that were met: a geometric mean over the layers passed."""
    variance = DEVIATIONS[pair[1]] ** 2
    return mean(passages, lambda p: math.sqrt(WIDTH * variance) * float(p.slope[:-1].log().mean().mul(0.5).exp()))


def claims(lab: Lab, passages: Passages) -> None:
    backward = {pair: mean(per_network, Passage.backward_gain) for pair, per_network in passages.items()}
    for name, pair, low, high in (
        ("He with ReLU", ("ReLU", "He"), 0.9, 1.1),
        ("Xavier with ReLU", ("ReLU", "Xavier"), 0.65, 0.76),
        ("He's leaky gain with leaky ReLU", ("leaky ReLU 0.2", "He, leaky gain"), 0.9, 1.1),
    ):
        lab.claim(f"{name}: backward gain, not below", backward[pair], at_least=low)
        lab.claim(f"{name}: backward gain, not above", backward[pair], at_most=high)
    for initialisation in ("Xavier", "He"):
        gain = backward["sigmoid", initialisation]
        lab.claim(f"{initialisation} with sigmoid: backward gain", gain, at_most=0.35)
    ratios = torch.tensor([backward[pair] / expected(pair, passages[pair]) for pair in passages], dtype=torch.float64)
    apart = max_error(ratios, torch.ones_like(ratios))
    lab.claim("backward gain = √(n Var W · mean f'²), relative", apart, at_most=0.1)


def lines(passages: Passages, series: str) -> dict[str, dict[str, list[float]]]:
    """A panel for each activation, a line for each initialisation: the geometric mean over the networks."""
    return {
        activation: {
            initialisation: geometric(passages[activation, initialisation], series) for initialisation in DEVIATIONS
        }
        for activation in ACTIVATIONS
    }


def geometric(passages: list[Passage], series: str) -> list[float]:
    values: Tensor = torch.stack([getattr(p, series) for p in passages])
    return values.log().mean(0).exp().tolist()
