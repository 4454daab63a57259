"""Two dimensions: both paths from the origin to the optimum, over the contours of the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, INK = "#0072B2", "#D55E00", "#222222"


def paths(hessian: Tensor, optimum: Tensor, descent: Tensor, ridge: Tensor, *, marked: list[int]) -> Figure:
    """``descent`` and ``ridge`` (times, 2), time for time; the pairs at the indices ``marked`` are joined."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 4.6), facecolor="white", layout="constrained")
    axes = figure.subplots()
    contours(axes, hessian, optimum)
    axes.plot(*descent.T.tolist(), color=BLUE, lw=2.2, label="gradient descent, stopped after τ steps")
    axes.plot(*ridge.T.tolist(), color=ORANGE, lw=2.2, ls="--", label="ridge regression with α = 1/(ετ)")
    for i in marked:
        pair(axes, descent[i].tolist(), ridge[i].tolist(), i)
    axes.plot(*optimum.tolist(), "*", color=INK, ms=14, label="minimum of the training cost, w*")
    axes.plot(0, 0, "o", color=INK, ms=6, label="origin, w₀ = 0")
    axes.set(xlabel="first weight", ylabel="second weight", aspect="equal")
    axes.legend(loc="center left", fontsize=10, frameon=False, bbox_to_anchor=(1.02, 0.5), labelspacing=1.2)
    return figure


def pair(axes: Axes, stopped: list[float], shrunk: list[float], steps: int) -> None:
    """A stopping time and its partner: two marks, the line between them, and the number of steps."""
    axes.plot(*zip(stopped, shrunk, strict=True), color=INK, lw=0.9, zorder=1)
    axes.plot(*stopped, "o", color=BLUE, ms=5)
    axes.plot(*shrunk, "s", color=ORANGE, ms=5)
    (x, y), away = stopped, (-6, 5)
    axes.annotate(f"τ = {steps}", (x, y), away, textcoords="offset points", ha="right", fontsize=9, color=BLUE)


def contours(axes: Axes, hessian: Tensor, optimum: Tensor) -> None:
    """Ellipses of equal cost through a window that holds the origin and the optimum."""
    reach = 1.25 * float(optimum.abs().max())
    first, second = torch.linspace(-0.3 * reach, reach, 160), torch.linspace(-0.1 * reach, reach, 160)
    grid = torch.stack(torch.meshgrid(first, second, indexing="xy"), dim=-1).to(optimum) - optimum
    cost = torch.einsum("yxi,ij,yxj->yx", grid, hessian, grid) / 2
    levels = (float(cost.max()) * torch.linspace(0.05, 1, 12) ** 2).tolist()
    axes.contour(first.numpy(), second.numpy(), cost.cpu().numpy(), levels=levels, colors="#BBBBBB", linewidths=0.8)
