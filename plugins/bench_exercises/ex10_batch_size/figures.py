"""The pictures, and how a curve is smoothed and its jumps are measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor

from bench import BenchError

from .problem import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def distortion(curve: Tensor) -> float:
    """The standard deviation of successive differences: how far a curve jumps from one iteration to the next.

    A slow trend hardly counts in it; independent noise of deviation s gives √2 s. Raises ``BenchError`` for fewer
    than three points.
    """
    if len(curve) < 3:
        raise BenchError(f"a curve of {len(curve)} iterations shows no noise: more epochs, or a smaller batch size")
    return curve.double().diff().std().item()


def window_means(curve: Tensor, seen: Tensor, width: int) -> tuple[Tensor, Tensor]:
    """Means over equal numbers of images: the images seen at each window's end, and the mean of the steps in it.

    ``seen[i]`` images were seen after step ``i``; a step belongs to the window in which it ends.
    """
    window = (seen - 1) // width
    count = torch.bincount(window)
    kept = count > 0
    means = torch.bincount(window, weights=curve.double())[kept] / count[kept]
    last = torch.zeros(len(count), dtype=seen.dtype).scatter_reduce(0, window, seen, "amax")
    return last[kept], means


TRAIN, TEST = "#0072B2", "#D55E00"
LABELS = {"loss": "cost (NLL)", "error": "error rate"}


def picture(histories: Sequence[History], width: int) -> Figure:
    """Small multiples: one column per batch size; cost above, error below; raw, with means over ``width`` images."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    figure = Figure(figsize=(2.6 * len(histories) + 0.6, 5.4), layout="constrained", facecolor="white")
    axes = figure.subplots(2, len(histories), sharex=True, sharey="row", squeeze=False)
    for column, history in enumerate(histories):
        axes[0, column].set_title(f"batch size {history.batch}", fontsize=11)
        axes[1, column].set_xlabel("training images seen")
        axes[1, column].xaxis.set_major_locator(MaxNLocator(3))
        axes[1, column].xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        for line, kind in enumerate(("loss", "error")):
            draw(axes[line, column], history, kind, width)
    for line, kind in enumerate(("loss", "error")):
        axes[line, 0].set_ylabel(LABELS[kind])
    axes[0, 0].set_yscale("log")
    axes[0, 0].set_ylim(bottom=0.005)
    axes[1, 0].set_ylim(-0.04, 1.04)
    handles = axes[0, 0].get_legend_handles_labels()
    legend = figure.legend(*handles, loc="outside upper center", ncols=4, frameon=False, fontsize=9)
    for mark in legend.get_lines():
        mark.set(alpha=1 if mark.get_linewidth() > 1 else 0.7, linewidth=max(1.2, mark.get_linewidth()))
    return figure


def draw(axes: Axes, history: History, kind: str, width: int) -> None:
    for split, colour in (("train", TRAIN), ("test", TEST)):
        values = getattr(history.curves, f"{split}_{kind}")
        axes.plot(
            history.seen, values, color=colour, alpha=0.35, linewidth=0.5, label=f"{split} batch", rasterized=True
        )
    for split, colour in (("train", TRAIN), ("test", TEST)):
        seen, means = window_means(getattr(history.curves, f"{split}_{kind}"), history.seen, width)
        axes.plot(seen, means, color=colour, linewidth=1.6, label=f"{split}, mean over {width} images")
    axes.grid(alpha=0.25)


class Counts(Protocol):
    """How many examples were called what: true and false positives, false and true negatives."""

    @property
    def tp(self) -> int: ...
    @property
    def fp(self) -> int: ...
    @property
    def fn(self) -> int: ...
    @property
    def tn(self) -> int: ...


def matrices(confusions: Mapping[str, Counts]) -> Figure:
    """One panel each: counts, shaded by their share of the row."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.3 * len(confusions), 3.4), layout="constrained", facecolor="white")
    panels = figure.subplots(1, len(confusions), squeeze=False)[0]
    for axes, (name, confusion) in zip(panels, confusions.items(), strict=True):
        matrix(axes, name, confusion)
    panels[0].set_ylabel("the digit is", fontsize=11)
    return figure


def matrix(axes: Axes, name: str, confusion: Counts) -> None:
    counts = torch.tensor([[confusion.tp, confusion.fn], [confusion.fp, confusion.tn]], dtype=torch.float64)
    shares = counts / counts.sum(1, keepdim=True)
    axes.imshow(shares.numpy(), cmap="Blues", vmin=0, vmax=1.25)
    for i in range(2):
        for j in range(2):
            text = f"{int(counts[i, j])}\n{shares[i, j]:.1%}"
            colour = "white" if shares[i, j] > 0.6 else "black"
            axes.text(j, i, text, ha="center", va="center", color=colour, fontsize=12)
    axes.set_title(fill(name, 26), fontsize=11)
    axes.set_xticks((0, 1), ("zero", "another"), fontsize=11)
    axes.set_yticks((0, 1), ("zero", "another"), fontsize=11, rotation=90, va="center")
    axes.set_xlabel("it is called", fontsize=11)
