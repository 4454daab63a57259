"""The pictures that matplotlib draws, and the lines and cells in which more than one question reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from typing import TYPE_CHECKING

from torch import Tensor

from bench import Lab

from .problem import SIZES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.model import Scale

NODES = ("$a_0 = x$", "$a_1 = f(z_1)$", "$a_2 = f(z_2)$", "$a_3 = f(z_3)$", "$p$, softmax of $z_4$")
NODE_COLOURS = ("#009E73", "#0072B2", "#0072B2", "#0072B2", "#E69F00")
LINE_COLOURS = ("#000000", "#0072B2", "#D55E00", "#CC79A7", "#009E73")
DASHES = (":", "-", "-", "--", "-.")


def network() -> Figure:
    """The 4-5-5-5-3 network, with the shapes of its parameters and the letters of the answer."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 3.6), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.5, 4.5), ylim=(-3.4, 3.3))
    axes.set_axis_off()
    for k, (below, above) in enumerate(pairwise(SIZES), start=1):
        connect(axes, k, below, above)
    for k, (nodes, name, colour) in enumerate(zip(SIZES, NODES, NODE_COLOURS, strict=True)):
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


def by_layer(panels: Mapping[str, Mapping[str, Sequence[float]]], y_label: str) -> Figure:
    """Four panels under their names, in each a line of one value a layer for every name in it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6.4), facecolor="white", layout="constrained")
    grid = figure.subplots(2, 2, sharex=True, sharey=True)
    for axes, (title, lines) in zip(grid.flat, panels.items(), strict=True):
        for (label, y), colour, dash in zip(lines.items(), LINE_COLOURS, DASHES, strict=True):
            axes.semilogy(range(1, len(y) + 1), y, dash, color=colour, label=label)
        axes.set_title(title, fontsize=11)
        axes.grid(color="0.9")
    for axes in grid[1]:
        axes.set_xlabel("layer")
    for axes in grid[:, 0]:
        axes.set_ylabel(y_label)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def by_epoch(lab: Lab, name: str, lines: Mapping[str, Tensor], *, y_label: str, log: bool = True) -> None:
    """A line of one value an epoch for every name, the first before the first epoch."""
    scale: Scale = "log-y" if log else "linear"
    for series, y in lines.items():
        x = range(len(y))
        lab.curve(name, x, y, series=series, x_label="epoch", y_label=y_label, scale=scale, kind="course")


def spread(values: Tensor, unit: str) -> str:
    """A cell: mean ± deviation (lowest–highest)."""
    digits = 1 if unit == "%" else 3
    low, high = float(values.min()), float(values.max())
    return f"{values.mean():.{digits}f} ± {values.std():.{digits}f} ({low:.{digits}f}–{high:.{digits}f}) {unit}"
