"""7c in depth: what 30 layers of 256 nodes do to a signal on its way up, and to a gradient on its way down; for every
activation with every initialisation, measured and from theory."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, relative_error

from . import c_laws, c_mistakes, c_symmetry, c_widths
from .c_passage import (
    ABOVE_ROUNDING,
    ACTIVATIONS,
    DEPTH,
    DEVIATIONS,
    WIDTH,
    Passage,
    by_autograd,
    layers,
    numbers,
    passage,
)
from .figures import by_layer

FLOAT32 = 1e-6
"""A few roundings of float32, relative."""
DOWN = "From the last layer, on the right, to the first. A gradient that keeps its size is a level line."
TOO_SMALL_AND_TOO_LARGE = (8, 16)
"""Times Xavier's deviation: with the sigmoid a gradient vanishes from one and explodes from the other."""
UP = "How much a layer's activations still tell one input from another. Below 1e-16 there is only rounding."


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
    sigmoids(lab, networks, batch)
    exactly(lab)
    c_widths.study(lab)
    c_symmetry.study(lab)
    c_mistakes.depth(lab)
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
        "backward, theory": theory(pair).gain,
        "f' below a tenth (%)": 100 * mean(passages, lambda p: float(p.saturated.mean())),
    }


def theory(pair: Pair) -> c_laws.Theory:
    """Of a gradient that passes the layers of this width and depth."""
    activation, initialisation = ACTIVATIONS[pair[0]], pair[1]
    variance = DEVIATIONS[initialisation] ** 2
    biases = variance if initialisation == "PyTorch default" else 0.0
    return c_laws.mean_field(activation.f, activation.slope, (WIDTH * variance, biases), DEPTH)


def claims(lab: Lab, passages: Passages) -> None:
    gains = {pair: mean(per_network, Passage.backward_gain) for pair, per_network in passages.items()}
    networks = len(passages["ReLU", "He"])
    for name, pair in (
        ("He with ReLU", ("ReLU", "He")),
        ("Xavier with ReLU", ("ReLU", "Xavier")),
        ("He's leaky gain with leaky ReLU", ("leaky ReLU 0.2", "He, leaky gain")),
        ("Xavier with tanh", ("tanh", "Xavier")),
        ("He with tanh", ("tanh", "He")),
    ):
        law = theory(pair)
        factor = math.exp(law.allowed(WIDTH, DEPTH - 1, networks))
        lab.claim(f"{name}: backward gain, not below", gains[pair], at_least=law.gain / factor)
        lab.claim(f"{name}: backward gain, not above", gains[pair], at_most=law.gain * factor)
    for initialisation in ("Xavier", "He"):
        # |f'| ≤ 1/4, whatever z is.
        steepest = DEVIATIONS[initialisation] * math.sqrt(WIDTH) / 4
        lab.claim(f"{initialisation} with sigmoid: backward gain", gains["sigmoid", initialisation], at_most=steepest)
    apart = largest(off_theory(pair, gain, networks) for pair, gain in gains.items())
    lab.claim("twenty gains from theory, in parts of what chance allows", apart, at_most=1)


def sigmoids(lab: Lab, networks: int, batch: int) -> None:
    """Where weights are large enough, the few steep units outweigh the flat ones."""
    gains: dict[int, list[float]] = {times: [] for times in TOO_SMALL_AND_TOO_LARGE}
    for seed in range(networks):
        drawn = numbers(1000 * lab.seed + seed, batch, torch.empty(0, device=lab.device, dtype=lab.dtype))
        weights, biases = layers(drawn, "Xavier")
        for times, found in gains.items():
            found.append(passage(ACTIVATIONS["sigmoid"], times * weights, biases, drawn).backward_gain())
    small, large = (sum(found) / networks for found in gains.values())
    lab.claim("sigmoid, 8 × Xavier: backward gain", small, at_most=1)
    lab.claim("sigmoid, 16 × Xavier: backward gain", large, at_least=1)
    name = "tanh from Xavier: ten times deeper, a gradient over √10, in theory, off 1 by"
    lab.claim(name, c_laws.off_root_of_depth(), at_most=0.02)


def off_theory(pair: Pair, gain: float, networks: int) -> float:
    """How far a gain is from mean-field theory, over how far it may be."""
    law = theory(pair)
    return abs(math.log(gain / law.gain)) / law.allowed(WIDTH, DEPTH - 1, networks)


def exactly(lab: Lab) -> None:
    """The passage against autograd, and the deviations against PyTorch's initialisers."""
    drawn = numbers(lab.seed, 5, torch.empty(0, dtype=torch.float64), width=7, depth=3)
    weights, biases = layers(drawn, "PyTorch default")
    errors = []
    for activation in ACTIVATIONS.values():
        expected = by_autograd(activation.f, weights, biases, drawn)
        errors.append(relative_error(passage(activation, weights, biases, drawn).gradient, expected))
    lab.claim("gradients on their way down = autograd, all activations", largest(errors), at_most=1e-12)
    drawn_by_torch = {name: deviation.double() for name, deviation in c_laws.by_torch(WIDTH, WIDTH).items()}
    ours = {name: torch.full_like(each, DEVIATIONS[name]) for name, each in drawn_by_torch.items()}
    lab.claim("deviations = those of torch.nn.init", relative_error(ours, drawn_by_torch), at_most=FLOAT32)


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
