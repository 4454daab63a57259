"""7c in depth: every activation with every initialisation, as a table, claims and two figures."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bench import Lab

from .c_propagation import ABOVE_ROUNDING, ACTIVATIONS, DEPTH, DEVIATIONS, WIDTH, Passage, layers, numbers, passage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Pair = tuple[str, str]
COLOURS = ("#000000", "#0072B2", "#D55E00", "#CC79A7", "#009E73")
DASHES = (":", "-", "-", "--", "-.")


def study(lab: Lab, networks: int, batch: int) -> None:
    found = passages(lab, networks, batch)
    rows = [row(pair, seen) for pair, seen in found.items()]
    lab.table(f"Gain of a layer: {DEPTH} layers of {WIDTH} nodes, geometric mean", rows)
    for activation, initialisation in found:
        gain = mean(found[activation, initialisation], Passage.backward_gain)
        lab.metric(f"backward gain, {activation}, {initialisation}", gain)
    claims(lab, found)
    lab.figure("Gradients on their way down", figure(found, "gradient", "RMS of the gradient by z"), DOWN)
    lab.figure("Signals on their way up", figure(found, "spread", "deviation over the inputs"), UP)


DOWN = "From the last layer, on the right, to the first. A gradient that keeps its size is a level line."
UP = "How much a layer's activations still tell one input from another. Below 1e-16 there is only rounding."


def passages(lab: Lab, networks: int, batch: int) -> dict[Pair, list[Passage]]:
    """For each pair one passage a network; all pairs see the same numbers."""
    like = torch.empty(0, device=lab.device, dtype=lab.dtype)
    found: dict[Pair, list[Passage]] = {(a, i): [] for a in ACTIVATIONS for i in DEVIATIONS}
    for seed in lab.track(range(networks), "deep networks"):
        drawn = numbers(1000 * lab.seed + seed, batch, like)
        for (activation, initialisation), seen in found.items():
            weights, biases = layers(drawn, initialisation)
            seen.append(passage(ACTIVATIONS[activation], weights, biases, drawn.x, drawn.top))
    return found


def mean(seen: list[Passage], number: Callable[[Passage], float]) -> float:
    return sum(map(number, seen)) / len(seen)


def row(pair: Pair, seen: list[Passage]) -> dict[str, object]:
    return {
        "activation": pair[0],
        "initialisation": pair[1],
        "forward, norm": mean(seen, Passage.forward_gain),
        f"forward, spread ({ABOVE_ROUNDING} layers)": mean(seen, Passage.spread_gain),
        "backward": mean(seen, Passage.backward_gain),
        "√(n Var W · mean f'²)": expected(pair, seen),
        "f' below a tenth (%)": 100 * mean(seen, lambda p: float(p.saturated.mean())),
    }


def expected(pair: Pair, seen: list[Passage]) -> float:
    """The backward gain of the theory, with the slopes that were met: a geometric mean over the layers passed."""
    variance = DEVIATIONS[pair[1]] ** 2
    return mean(seen, lambda p: math.sqrt(WIDTH * variance) * float(p.slope[:-1].log().mean().mul(0.5).exp()))


def claims(lab: Lab, found: dict[Pair, list[Passage]]) -> None:
    def backward(activation: str, initialisation: str) -> float:
        return mean(found[activation, initialisation], Passage.backward_gain)

    for name, pair, low, high in (
        ("He with ReLU", ("ReLU", "He"), 0.9, 1.1),
        ("Xavier with ReLU", ("ReLU", "Xavier"), 0.65, 0.76),
        ("He's leaky gain with leaky ReLU", ("leaky ReLU 0.2", "He, leaky gain"), 0.9, 1.1),
    ):
        lab.claim(f"{name}: backward gain, not below", backward(*pair), at_least=low)
        lab.claim(f"{name}: backward gain, not above", backward(*pair), at_most=high)
    for initialisation in ("Xavier", "He"):
        gain = backward("sigmoid", initialisation)
        lab.claim(f"{initialisation} with sigmoid: backward gain", gain, at_most=0.35)
    apart = max(abs(mean(seen, Passage.backward_gain) / expected(pair, seen) - 1) for pair, seen in found.items())
    lab.claim("backward gain = √(n Var W · mean f'²), relative", apart, at_most=0.1)


def figure(found: dict[Pair, list[Passage]], series: str, label: str) -> Figure:
    """A panel for each activation, a line for each initialisation."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(8, 6.4), facecolor="white", layout="constrained")
    panels = drawing.subplots(2, 2, sharex=True, sharey=True)
    for axes, activation in zip(panels.flat, ACTIVATIONS, strict=True):
        for initialisation, colour, dash in zip(DEVIATIONS, COLOURS, DASHES, strict=True):
            y = geometric(found[activation, initialisation], series)
            axes.semilogy(range(1, DEPTH + 1), y, dash, color=colour, label=initialisation)
        axes.set_title(activation, fontsize=11)
        axes.grid(color="0.9")
    for axes in panels[1]:
        axes.set_xlabel("layer")
    for axes in panels[:, 0]:
        axes.set_ylabel(label)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return drawing


def geometric(seen: list[Passage], series: str) -> list[float]:
    values: Tensor = torch.stack([getattr(p, series) for p in seen])
    return values.log().mean(0).exp().tolist()
