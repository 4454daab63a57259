"""Gradients along the layers, on a logarithmic axis that shows exact zeros too; and curves of learning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

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

    Zeros have a row of their own, below the powers of ten: crosses, and for how many networks they stand.
    """
    from matplotlib.figure import Figure

    columns = min(3, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = Figure(figsize=(3.3 * columns + 0.4, 3.1 * rows + 0.4), facecolor="white")
    grid = figure.subplots(rows, columns, squeeze=False, gridspec_kw={"wspace": 0.3, "hspace": 0.45}).flatten().tolist()
    for axes, (title, lines) in zip(grid, panels.items(), strict=False):
        compared = list(panels.values()) if same_scale else [lines]
        panel(axes, lines, Scale.of(compared))
        axes.set_title(title, fontsize=11)
        axes.set_xlabel("layer (1 = next to the input)")
    for axes in grid[::columns]:
        axes.set_ylabel(norm)
    for axes in grid[len(panels) :]:
        axes.axis("off")
    legend(figure, grid, len(panels))
    return figure


class Scale(NamedTuple):
    """The powers of ten between which everything lies that is not 0, and how many lines have zeros at all."""

    lowest: int
    highest: int
    zero_rows: int

    @classmethod
    def of(cls, panels: Sequence[Lines]) -> Scale:
        norms = [line for lines in panels for line in lines.values()]
        exponents = torch.cat([values[values > 0].log10() for values in norms])
        if not len(exponents):  # zeros alone
            exponents = torch.zeros(1)
        rows = max(sum(bool((line == 0).any()) for line in lines.values()) for lines in panels)
        lowest = math.floor(float(exponents.min()))
        return cls(lowest, max(lowest + 1, math.ceil(float(exponents.max()))), rows)


def panel(axes: Axes, lines: Lines, scale: Scale) -> None:
    from matplotlib.ticker import FixedLocator, MaxNLocator

    lowest, highest, rows = scale
    step = math.ceil((highest - lowest) / 7)
    gap = 0.08 * (highest - lowest)
    ticks = {float(power): f"$10^{{{power}}}$" for power in range(highest, lowest - 1, -step)}
    bottom = lowest - gap / 2
    for name, norms in lines.items():
        colour, layers = COLOURS[name], range(1, len(norms) + 1)
        shown = torch.where(norms > 0, norms.log10(), torch.nan).cpu()
        axes.plot(layers, shown.numpy(), color=colour, lw=0.6, alpha=0.35)
        axes.plot(layers, shown.nanmedian(1).values.numpy(), color=colour, lw=2.4, marker="o", ms=3.5)
        if bool((norms == 0).any()):
            bottom -= 2 * gap
            zeros(axes, norms, bottom + gap, colour)
            ticks[bottom + gap] = "0"
    axes.set_ylim(lowest - gap / 2 - 2 * gap * rows, highest + gap / 2)
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.yaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="y", color="#DDDDDD", lw=0.6)


def zeros(axes: Axes, norms: Tensor, height: float, colour: str) -> None:
    """A cross at each layer whose gradient is exactly 0 in some network, and in how many."""
    counts = (norms == 0).sum(1).tolist()
    layers = [layer for layer, count in enumerate(counts, start=1) if count]
    some = sorted({counts[layer - 1] for layer in layers})
    axes.plot(layers, [height] * len(layers), "x", color=colour, ms=5, mew=1.5)
    text = f"exactly 0 in {' to '.join(map(str, dict.fromkeys((some[0], some[-1]))))} of {norms.shape[1]} networks"
    axes.annotate(text, (layers[0], height), (0, 6), textcoords="offset points", fontsize=8, color=colour)


def legend(figure: Figure, grid: Sequence[Axes], used: int) -> None:
    from matplotlib.lines import Line2D

    names = dict.fromkeys(name for name in COLOURS if any(uses(axes, COLOURS[name]) for axes in grid[:used]))
    marks = [Line2D([], [], color=COLOURS[name], lw=2.4, marker="o", ms=4, label=f"{name}, median") for name in names]
    marks.append(Line2D([], [], color="#888888", lw=0.8, label="one network"))
    if any(axes.texts for axes in grid[:used]):
        marks.append(Line2D([], [], color="#888888", lw=0, marker="x", mew=1.5, label="exactly 0"))
    if used < len(grid):
        grid[-1].legend(handles=marks, loc="center", fontsize=10, frameon=False)
    else:
        below: dict[str, Any] = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.01)}
        figure.legend(handles=marks, ncols=3, fontsize=10, frameon=False, **below)


def uses(axes: Axes, colour: str) -> bool:
    return any(line.get_color() == colour for line in axes.lines)


def learning(cells: Sequence[Trained]) -> Figure:
    """Cost above error, a column for each model, a colour for each depth: means over the networks."""
    from matplotlib.figure import Figure

    models = list(dict.fromkeys(cell.stack.model for cell in cells))
    figure = Figure(figsize=(4.6 * len(models), 6.4), facecolor="white")
    spacing = {"wspace": 0.06, "hspace": 0.08}
    grid = figure.subplots(2, len(models), sharex=True, sharey="row", squeeze=False, gridspec_kw=spacing)
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
    figure.legend(
        handles, names, loc="upper center", bbox_to_anchor=(0.5, 0.04), ncols=len(names), fontsize=9, frameon=False
    )
    return figure
