"""The pictures of exercise 8."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE = "#0072B2", "#D55E00"


class Panel(NamedTuple):
    """Up to two curves by name, over the points x (N)."""

    title: str
    x: Tensor
    curves: dict[str, Tensor]


def panels(four: list[Panel]) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 6), facecolor="white", layout="constrained")
    for axes, panel in zip(figure.subplots(2, 2).flat, four, strict=True):
        draw(axes, panel)
    return figure


def draw(axes: Axes, panel: Panel) -> None:
    for (name, y), colour, style in zip(panel.curves.items(), (BLUE, ORANGE), ("-", "--"), strict=True):
        axes.plot(panel.x.cpu().numpy(), y.cpu().numpy(), color=colour, ls=style, lw=1.8, label=name)
    axes.set_title(panel.title, fontsize=11)
    axes.set_xlabel("v")
    axes.legend(fontsize=9, frameon=False)


def dropped_maps(maps: Tensor, masks: list[Tensor]) -> Figure:
    """Eight maps (1, 8, H, W) whole, under the mask of single values, and under that of channels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4), facecolor="white", layout="constrained")
    rows = {"no dropout": maps, "Dropout": maps * masks[0], "Dropout2d": maps * masks[1]}
    for line, (name, values) in zip(figure.subplots(3, 8), rows.items(), strict=True):
        for axes, one, whole in zip(line, values[0].cpu().numpy(), maps[0].cpu().numpy(), strict=True):
            axes.imshow(one, cmap="gray_r", vmin=0, vmax=float(whole.max()))
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, fontsize=10)
    return figure
