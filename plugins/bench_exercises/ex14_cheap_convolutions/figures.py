"""The pictures: what every form costs, a rank-1 convolution step by step, the 24 orders, the layer as a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bench import Lab

from .problem import CHANNELS, cp_cost, cp_merged_cost, full_cost, rank1_cost, separable_cost

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, SKY, RED = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"
DARK = (1, 4, 7)
"""Weights whose colour asks for white letters."""
FIRST = {"a": RED, "b": BLUE, "c": ORANGE, "d": GREEN}

FORMS = {
    "full": full_cost,
    "separable": separable_cost,
    "rank 1": rank1_cost,
    "CP": lambda N, M, L, K: cp_cost(N, M, L, K, R=N),
    "CP merged": lambda N, M, L, K: cp_merged_cost(N, M, L, K, R=N),
}
"""Multiplications per place; the sums of rank-1 terms have as many terms as channels."""


def savings(lab: Lab) -> None:
    """Multiplications per place of every form at N = M = R, 3×3."""
    # Merged, CP takes so few more that its line would lie on the other.
    for name in ("full", "separable", "rank 1", "CP"):
        lab.curve(
            "Multiplications per output place, 3×3, as many channels out as in",
            CHANNELS,
            [FORMS[name](c, c, 3, 3) for c in CHANNELS],
            series=name,
            x_label="channels",
            y_label="multiplications",
            scale="log-log",
            kind="law",
        )
    saved(lab, "separable")


def saved(lab: Lab, form: str) -> None:
    """How many times fewer multiplications the form needs than the full kernel."""
    for c in CHANNELS:
        fewer = full_cost(c, c, 3, 3) / FORMS[form](c, c, 3, 3)
        lab.metric(f"{form}, {c} channels: multiplications saved", fewer, "×")


def steps_figure(stages: Sequence[tuple[str, Tensor]]) -> Figure:
    """Panels in rows of three: (Y, X, 3) in colour, (Y, X) in grey with its own scale."""
    from matplotlib.figure import Figure

    rows = -(-len(stages) // 3)
    figure = Figure(figsize=(9, 2.35 * rows), facecolor="white", layout="constrained")
    panels = figure.subplots(rows, 3, squeeze=False).flat
    for axes, (title, picture) in zip(panels, stages, strict=True):
        axes.imshow(picture.cpu().numpy(), cmap="gray")
        axes.set_title(title, fontsize=11)
        axes.axis("off")
    return figure


def orders_figure(orders: Sequence[tuple[str, int]], full: int) -> Figure:
    """Multiplications per output place of every order, cheapest first, coloured by the factor that comes first."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    figure = Figure(figsize=(9, 3.8), facecolor="white", layout="constrained")
    axes = figure.subplots()
    names, counts = zip(*orders, strict=True)
    axes.bar(range(len(names)), counts, color=[FIRST[name[0]] for name in names])
    for k, count in enumerate(counts):
        clear = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}
        axes.text(k, 1.2 * count, f"{count:,}", rotation=90, ha="center", va="bottom", fontsize=9, bbox=clear)
    line = axes.axhline(full, color="#222222", lw=1, ls="--", label=f"the kernel built: {full:,}")
    axes.set_yscale("log")
    axes.set_ylim(10, full * 40)
    axes.set_xlim(-0.7, len(names) - 0.3)
    axes.set_xticks(range(len(names)), [" ".join(name) for name in names], rotation=90, fontsize=9)
    axes.set(xlabel="order of the factors", ylabel="multiplications per place")
    handles = [Patch(color=colour, label=f"{letter} first") for letter, colour in FIRST.items()]
    axes.legend(handles=[*handles, line], ncols=5, fontsize=9, loc="upper left", frameon=False)
    return figure


def matrix_figure(side: int, m: int) -> Figure:
    """The one-channel layer as a matrix, places × pixels, every entry coloured by its weight; and transposed."""
    from matplotlib.colors import ListedColormap
    from matplotlib.figure import Figure

    colours = ("#F2F2F2", BLUE, SKY, "#A6DCF5", GREEN, "#66C2A5", "#B5E3D3", RED, ORANGE, "#F7D794")
    matrix = taps_of_matrix(side, m)
    figure = Figure(figsize=(9, 6.2), facecolor="white", layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=matrix.shape[::-1])
    for axes, values, names in ((left, matrix, ("z", "h")), (right, matrix.T, ("dh", "δ"))):
        axes.imshow(values.numpy(), cmap=ListedColormap(colours), vmin=0, vmax=9)
        for (row, column), tap in ((at, int(values[at])) for at in map(tuple, values.nonzero().tolist())):
            axes.text(
                column, row, str(tap), ha="center", va="center", fontsize=7, color="white" if tap in DARK else "black"
            )
        axes.set(ylabel=f"entries of {names[0]}", xlabel=f"entries of {names[1]}", xticks=[], yticks=[])
    left.set_title(f"forward: T(W), {matrix.shape[0]} × {matrix.shape[1]}", fontsize=10)
    right.set_title("backward: T(W)ᵀ", fontsize=10)
    return figure


def taps_of_matrix(side: int, m: int) -> Tensor:
    """0 where the matrix is zero, otherwise 1 + the number of the weight, row by row of the kernel."""
    places = side - m + 1
    matrix = torch.zeros(places, places, side, side, dtype=torch.long)
    numbers = torch.arange(1, m * m + 1).view(m, m)
    for y in range(places):
        for x in range(places):
            matrix[y, x, y : y + m, x : x + m] = numbers
    return matrix.view(places**2, side**2)
