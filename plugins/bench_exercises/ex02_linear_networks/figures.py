"""The singular values of the fit, and what each width can and did reach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SINGULAR = (
    "Left: four units keep the four largest singular values of the best fit; the squares of the others are what "
    "network B loses. Right: the error falls with every unit up to six, and then no more: 16 are no richer than 6."
)
BLUE, ORANGE, GREEN, INK = "#0072B2", "#D55E00", "#009E73", "#222222"


def singular_values(
    singular: Sequence[float], limit: int, widths: Sequence[int], *, best: Sequence[float], trained: Sequence[float]
) -> Figure:
    """Left: the values, those beyond ``limit`` lost to network B. Right: error over width, at best and trained."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.8), facecolor="white", layout="constrained")
    left, right = figure.subplots(1, 2)
    bars(left, singular, limit)
    right.step(widths, best, where="post", color=INK, lw=1.2, label="attainable: the rest of the squares")
    right.plot(widths, trained, "o", color=GREEN, ms=6, label="trained network")
    right.axvline(limit, color=ORANGE, lw=1, ls=":")
    right.annotate("B", (limit, best[0]), (4, -4), textcoords="offset points", color=ORANGE, va="top")
    right.annotate("C", (widths[-1], best[0]), (-4, -4), textcoords="offset points", color=ORANGE, va="top", ha="right")
    right.axvline(widths[-1], color=ORANGE, lw=1, ls=":")
    right.set(xlabel="units in the middle, r", ylabel="sum of squared errors", title="error of a network of r units")
    right.legend(fontsize=9, loc="center left", bbox_to_anchor=(0.24, 0.5))
    return figure


def bars(axes: Axes, singular: Sequence[float], limit: int) -> None:
    for index, value in enumerate(singular):
        kept = index < limit
        axes.bar(index + 1, value, color=BLUE if kept else ORANGE, hatch=None if kept else "///", edgecolor="white")
        axes.annotate(f"{value:.1f}", (index + 1, value), (0, 2), textcoords="offset points", ha="center", fontsize=9)
    axes.axvline(limit + 0.5, color=INK, lw=1, ls="--")
    axes.annotate(f"{limit} units end here", (limit + 0.5, singular[0]), (5, 0), textcoords="offset points", fontsize=9)
    axes.margins(y=0.1)
    axes.set_xticks(range(1, len(singular) + 1))
    axes.set(xlabel="singular direction i of the fit P", ylabel=r"$\sigma_i$", title="singular values of the best fit")
