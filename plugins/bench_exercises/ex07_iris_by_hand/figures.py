"""The figure that is missing from the sheet."""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

from .problem import SIZES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
NAMES = ("$a_0 = x$", "$a_1 = f(z_1)$", "$a_2 = f(z_2)$", "$a_3 = f(z_3)$", "$p$, softmax of $z_4$")
COLOURS = (GREEN, BLUE, BLUE, BLUE, ORANGE)


def network() -> Figure:
    """The 4-5-5-5-3 network, with the shapes of its parameters and the letters of the answer."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.5, 4.5), ylim=(-3.4, 3.3))
    axes.set_axis_off()
    for k, (below, above) in enumerate(pairwise(SIZES), start=1):
        connect(axes, k, below, above)
    for k, (nodes, name, colour) in enumerate(zip(SIZES, NAMES, COLOURS, strict=True)):
        axes.scatter([k] * nodes, heights(nodes), s=260, color=colour, edgecolor="black", zorder=2)
        axes.text(k, 2.65, f"{nodes}", ha="center", fontsize=11, weight="bold")
        axes.text(k, -2.75, name, ha="center", fontsize=10)
    return figure


def connect(axes: Axes, k: int, below: int, above: int) -> None:
    for low, high in product(heights(below), heights(above)):
        axes.plot([k - 1, k], [low, high], color="0.6", linewidth=0.7, zorder=1)
    axes.text(k - 0.5, 2.65, f"$W_{k}$: {above}×{below},  $b_{k}$: {above}", ha="center", fontsize=8)


def heights(nodes: int) -> list[float]:
    return [(nodes - 1) / 2 - i for i in range(nodes)]
