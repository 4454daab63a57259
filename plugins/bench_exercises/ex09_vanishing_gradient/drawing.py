"""Gradients along the layers, on a logarithmic axis that shows exact zeros too; and curves of learning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from torch import Tensor

    from .experiment import Trained

BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, INK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#333333",
)
COLOURS = {"sigmoid": BLUE, "ReLU": ORANGE, "sigmoid + BN": SKY, "ReLU + BN": YELLOW}
DEPTH_COLOURS = (BLUE, ORANGE, GREEN, PINK, INK)
Lines = Mapping[str, "Tensor"]
"""One (layers, K) tensor of norms for each model."""


def along_layers(panels: Mapping[str, Lines], norm: str, same_scale: bool = False) -> Figure:
    """A panel for each title: every network a thin line, the median of those that are not 0 a thick one.

    Zeros have a row of their own below the axis' powers of ten: a cross, and how many networks it stands for.
    """
    from matplotlib.figure import Figure

    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(3.3 * columns + 0.4, 3.1 * rows + 0.4), facecolor="white", layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharey=same_scale).flatten()
    for axes, (title, lines) in zip(grid, panels.items(), strict=False):
        panel(axes, lines)
        axes.set_title(title, fontsize=11)
        axes.set_xlabel("layer (1 = next to the input)")
    for axes in grid[::columns]:
        axes.set_ylabel(norm)
    for axes in grid[len(panels) :]:
        axes.axis("off")
    legend(figure, grid, len(panels))
    return figure


def panel(axes: Axes, lines: Lines) -> None:
    from matplotlib.ticker import MaxNLocator

    floor = floor_of(lines)
    for row, (name, norms) in enumerate(lines.items()):
        colour, layers = COLOURS[name], range(1, len(norms) + 1)
        shown = torch.where(norms > 0, norms, torch.nan).cpu()
        axes.plot(layers, shown.numpy(), color=colour, lw=0.6, alpha=0.35)
        axes.plot(layers, shown.nanmedian(1).values.numpy(), color=colour, lw=2.4, marker="o", ms=3.5)
        zeros(axes, (norms == 0).sum(1).tolist(), floor / 10**row, colour)
    axes.set_yscale("log")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color="#DDDDDD", lw=0.6)


def floor_of(lines: Lines) -> float:
    """Where zeros are drawn: well below the smallest positive norm."""
    smallest = min(float(norms[norms > 0].min()) for norms in lines.values())
    return 10.0 ** (math.floor(math.log10(smallest)) - 2)


def zeros(axes: Axes, counts: Sequence[int], height: float, colour: str) -> None:
    for layer, count in enumerate(counts, start=1):
        if count:
            axes.plot(layer, height, "x", color=colour, ms=5, mew=1.5)
    groups = [layer for layer, count in enumerate(counts, start=1) if count]
    if groups:
        text = f"exactly 0: {max(counts)} of the networks, or fewer" if len(set(counts) - {0}) > 1 else ""
        text = text or f"exactly 0: {max(counts)} of the networks"
        axes.annotate(text, (groups[0], height), (0, -11), textcoords="offset points", fontsize=8, color=colour)
        axes.set_ylim(bottom=height / 30)


def legend(figure: Figure, grid: Sequence[Axes], used: int) -> None:
    from matplotlib.lines import Line2D

    names = dict.fromkeys(name for name in COLOURS if any(uses(axes, COLOURS[name]) for axes in grid[:used]))
    marks = [Line2D([], [], color=COLOURS[name], lw=2.4, marker="o", ms=4, label=f"{name}, median") for name in names]
    marks.append(Line2D([], [], color="#888888", lw=0.8, label="one network"))
    marks.append(Line2D([], [], color="#888888", lw=0, marker="x", mew=1.5, label="exactly 0"))
    if used < len(grid):
        grid[-1].legend(handles=marks, loc="center", fontsize=10, frameon=False)
    else:
        figure.legend(handles=marks, loc="outside lower center", ncols=len(marks), fontsize=10, frameon=False)


def uses(axes: Axes, colour: str) -> bool:
    return any(line.get_color() == colour for line in axes.lines)


def learning(cells: Sequence[Trained]) -> Figure:
    """Cost above error, a column for each model, a colour for each depth: means over the networks."""
    from matplotlib.figure import Figure

    models = list(dict.fromkeys(cell.stack.model for cell in cells))
    figure = Figure(figsize=(4.6 * len(models), 6.4), facecolor="white", layout="constrained")
    grid = figure.subplots(2, len(models), sharex=True, sharey="row", squeeze=False)
    for column, model in enumerate(models):
        own = [cell for cell in cells if cell.stack.model == model]
        for cell, colour in zip(own, DEPTH_COLOURS, strict=False):
            trace, name = cell.trace, f"{cell.stack.depth} hidden layers"
            for axes, train, test in (
                (grid[0, column], trace.train_cost, trace.test_cost),
                (grid[1, column], 100 * trace.train_error, 100 * trace.test_error),
            ):
                axes.plot(train.mean(1).cpu().numpy(), color=colour, lw=1.8, label=name)
                axes.plot(test.mean(1).cpu().numpy(), color=colour, lw=1.3, ls=(0, (4, 2)))
        grid[0, column].set_title(str(model), fontsize=11)
        grid[1, column].set_xlabel("epoch")
    grid[0, 0].set_ylabel("cost: cross entropy (nat)")
    grid[1, 0].set_ylabel("error (%)")
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), fontsize=9, frameon=False)
    return figure
