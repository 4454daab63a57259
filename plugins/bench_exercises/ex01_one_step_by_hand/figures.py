"""The figures of ex01."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise, product
from typing import TYPE_CHECKING, Any

from torch import Tensor

from .by_hand import Backward
from .network import Forward, arrows, loss_named
from .problem import INPUTS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Place = tuple[float, float]
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"
PLACES = {"x1": (0, 2), "x2": (0, 1), "x3": (0, 0), "h1": (1.5, 1.6), "h2": (1.5, 0.4), "o": (2.9, 1)}
ALONG = {"x1": 0.27, "x2": 0.42, "x3": 0.27, "h1": 0.5, "h2": 0.5}
"""How far along its arrow a label stands, so that crossing arrows keep their labels apart."""


def graph(w: Tensor, at: Forward, back: Backward, *, ordering: str, loss: str) -> Figure:
    """The network with its numbers: what is blue flows forward, what is orange flows back."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.4, 4.6), facecolor="white", layout="constrained")
    axes = figure.subplots()
    for i, arrow in enumerate(arrows(ordering)):
        tail, head = arrow.split("→")
        _edge(axes, tail, head, weight=f"w{i + 1} = {w[i]:.1f}", gradient=f"∂ = {back.gradient[i]:.3g}")
    for name, value in zip(("x1", "x2", "x3"), INPUTS, strict=True):
        _node(axes, name, f"{name}\n{value:g}", below="")
    _node(axes, "h1", f"h1 = tanh\n{at.h[0]:.4f}", below=f"δ = {back.delta_h[0]:.3g}", above=f"z = {at.z[0]:.2f}")
    _node(axes, "h2", f"h2 = leaky\n{at.h[1]:.4f}", below=f"δ = {back.delta_h[1]:.3g}", above=f"z = {at.z[1]:.2f}")
    _node(axes, "o", f"o = σ(s)\n{at.o:.4f}", below=f"δ = {back.delta_o:.3g}", above=f"s = {at.s:.4f}")
    axes.set(
        xlim=(-0.3, 3.35), ylim=(-0.35, 2.4), title=f"{ordering}, loss {loss} = {loss_named(loss).value(at.o, 0.0):.4f}"
    )
    axes.axis("off")
    return figure


def _edge(axes: Axes, tail: str, head: str, *, weight: str, gradient: str) -> None:
    (x0, y0), (x1, y1) = PLACES[tail], PLACES[head]
    style = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 18, "shrinkB": 36, "linewidth": 1}
    axes.annotate("", (x1, y1), (x0, y0), arrowprops=style, zorder=1)
    along = ALONG[tail]
    x, y = x0 + along * (x1 - x0), y0 + along * (y1 - y0)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}
    axes.text(x, y, weight, color=BLUE, ha="center", va="bottom", fontsize=9, bbox=box, zorder=3)
    axes.text(x, y, gradient, color=RED, ha="center", va="top", fontsize=9, bbox=box, zorder=3)


def _node(axes: Axes, name: str, inside: str, *, below: str, above: str = "") -> None:
    x, y = PLACES[name]
    box = {"boxstyle": "round,pad=0.4", "facecolor": "#E8F1F8", "edgecolor": BLUE}
    axes.text(x, y, inside, ha="center", va="center", fontsize=10, bbox=box, zorder=4)
    axes.text(x - 0.1, y - 0.21, below, ha="left", va="top", color=RED, fontsize=9, zorder=4)
    axes.text(x, y + 0.21, above, ha="center", va="bottom", color=BLUE, fontsize=9, zorder=4)


def journeys(
    valley: Mapping[str, Tensor], matrix: Tensor, saddle: Mapping[str, Tensor], bowl: Mapping[str, Tensor]
) -> Figure:
    """Newton against gradient descent: a narrow valley, a saddle, and a bowl that throws Newton out."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.8), facecolor="white", layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _contours(left, matrix, (-0.9, 1.6), (-0.9, 1.6))
    _contours(middle, matrix.new_tensor([[2.0, 0.0], [0.0, -2.0]]), (-1.2, 1.2), (-1.2, 1.2))
    _walks(left, valley)
    _walks(middle, saddle)
    _bowl(right, bowl)
    left.set_title("quadratic, condition 25", fontsize=10)
    middle.set_title("saddle x² - y²", fontsize=10)
    right.set_title("√(1 + x²): Newton maps x to -x³", fontsize=10)
    for axes in (left, middle):
        axes.set(xlabel="x", ylabel="y")
        axes.legend(loc="lower left", fontsize=8)
    return figure


def _contours(axes: Axes, matrix: Tensor, across: tuple[float, float], up: tuple[float, float]) -> None:
    import numpy as np

    x, y = np.meshgrid(np.linspace(*across, 80), np.linspace(*up, 80))
    (a, b), (_, d) = matrix.tolist()
    rings = np.linspace(0.1, 4, 14) ** 2 / 2
    levels = np.concatenate([-rings[::-1], rings])
    axes.contour(x, y, (a * x * x + 2 * b * x * y + d * y * y) / 2, levels=levels, colors="#BBBBBB", linewidths=0.7)
    axes.set(xlim=across, ylim=up)


def _walks(axes: Axes, walks: Mapping[str, Tensor]) -> None:
    for (name, points), colour, marker in zip(walks.items(), (ORANGE, BLUE), ("o", "s"), strict=True):
        x, y = points.T.tolist()
        axes.plot(x, y, color=colour, marker=marker, markersize=4, linewidth=1.4, label=name)


def _bowl(axes: Axes, walks: Mapping[str, Tensor]) -> None:
    for (name, points), colour, marker in zip(walks.items(), (GREEN, RED, BLUE), "o^s", strict=True):
        distances = points[:, 0].abs().clamp_min(1e-17).tolist()
        axes.semilogy(range(len(distances)), distances, color=colour, marker=marker, markersize=4, label=name)
    axes.set(xlabel="step", ylabel="|x| (no lower than 1e-17)", ylim=(1e-18, 1e12))
    axes.legend(loc="upper right", fontsize=8)


def routes(widths: Sequence[int]) -> Figure:
    """All paths through a net of these widths; those that end alike share one suffix."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.5, 3.6), facecolor="white", layout="constrained")
    axes = figure.subplots()
    places = [[(layer, (width - 1) / 2 - node) for node in range(width)] for layer, width in enumerate(widths)]
    suffix = [column[(2 * layer + 1) % len(column)] for layer, column in enumerate(places) if layer > 0]
    for tails, heads in pairwise(places):
        _lines(axes, tails, heads, color="#CFCFCF", linewidth=0.8, zorder=1)
    _lines(axes, places[0], suffix[:1], color=GREEN, linewidth=2, zorder=2)
    axes.plot(*zip(*suffix, strict=True), color=RED, linewidth=3, zorder=2)
    across, up = zip(*chain(*places), strict=True)
    axes.scatter(across, up, s=130, color=BLUE, zorder=3)
    low = -max(widths) / 2
    for layer, width in enumerate(widths):
        name = "inputs" if layer == 0 else "output" if layer == len(widths) - 1 else f"layer {layer}"
        axes.text(layer, low - 0.1, f"{name}\n{width}", ha="center", va="top", fontsize=9, color=GREY)
    text = f"{math.prod(widths)} paths; these {widths[0]} differ only in their first arrow (green):\n"
    axes.set_title(text + "the orange product is the same in all of them, and δ keeps it", fontsize=10)
    axes.set(ylim=(low - 0.9, -low))
    axes.axis("off")
    return figure


def _lines(axes: Axes, tails: Sequence[Place], heads: Sequence[Place], **style: Any) -> None:
    for (x0, y0), (x1, y1) in product(tails, heads):
        axes.plot((x0, x1), (y0, y1), **style)
