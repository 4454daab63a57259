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


COLOURS = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
TRAIN, TEST = COLOURS[:2]
LABELS = {"loss": "cost (NLL)", "error": "error rate"}


ZOOM = 500
"""Iterations that are shown at either end of a training."""
WHOLE = (("train", ""), ("test", ""))
ENDS = (("train", "first"), ("test", "first"), ("train", "last"), ("test", "last"))


def against_the_iteration(histories: Sequence[History], kind: str, images: int) -> Figure:
    """One column a batch size, a row for training batches and one for test batches: every value, pale, and on top its
    mean over as many iterations as see ``images`` images."""
    return _panels(histories, kind, WHOLE, images)


def first_and_last(histories: Sequence[History], kind: str, images: int) -> Figure:
    """The same of the first and the last ``ZOOM`` iterations alone."""
    return _panels(histories, kind, ENDS, images)


def _panels(histories: Sequence[History], kind: str, rows: Sequence[tuple[str, str]], images: int) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(2.6 * len(histories) + 0.6, 1.9 * len(rows) + 0.6), layout="constrained", facecolor="white"
    )
    axes = figure.subplots(len(rows), len(histories), sharey=True, squeeze=False)
    for column, history in enumerate(histories):
        axes[0, column].set_title(f"batch size {history.batch}", fontsize=11)
        axes[-1, column].set_xlabel("iteration")
        for line, (split, end) in enumerate(rows):
            _draw(axes[line, column], history, f"{split}_{kind}", end=end, images=images)
    for line, (split, end) in enumerate(rows):
        of = f"{end} {ZOOM}" if end else LABELS[kind]
        axes[line, 0].set_ylabel(f"{split}: {of}", fontsize=10)
    axes[0, 0].set(**({"yscale": "log", "ylim": (0.003, None)} if kind == "loss" else {"ylim": (-0.04, 1.04)}))
    return figure


def _draw(axes: Axes, history: History, name: str, *, end: str, images: int) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    curve = getattr(history.curves, name)
    shown = {"": slice(None), "first": slice(ZOOM), "last": slice(max(0, len(curve) - ZOOM), None)}[end]
    steps = torch.arange(1, len(curve) + 1)[shown]
    colour, width = (TRAIN if name.startswith("train") else TEST), max(5 if end else 1, images // history.batch)
    # A few hundred iterations leave room for a line that can be seen.
    alpha, pen = (0.3, 0.5) if len(steps) > 2 * ZOOM else (0.45, 0.9)
    axes.plot(steps, curve[shown], color=colour, alpha=alpha, linewidth=pen, rasterized=True)
    means = window_means(curve[shown], steps - steps[0] + 1, width)
    axes.plot(steps[0] - 1 + means[0], means[1], color=colour, linewidth=1.6)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    axes.grid(alpha=0.25)


def against_prediction(found: Mapping[str, tuple[Tensor, Tensor]]) -> Figure:
    """Of every name what was predicted and what was observed, as points about the line on which they are equal."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 4.2), layout="constrained", facecolor="white")
    axes = figure.subplots()
    ends = torch.cat([values for pair in found.values() for values in pair])
    line = [float(ends.min()), float(ends.max())]
    axes.plot(line, line, color="0.55", linewidth=1.2, label="observed = predicted")
    for (name, (x, y)), colour, marker in zip(found.items(), COLOURS, "osD^", strict=False):
        axes.plot(x, y, marker, color=colour, label=name, markersize=6, alpha=0.85)
    axes.set(xscale="log", yscale="log", xlabel=r"$\sqrt{2}\,\sigma_\ell/\sqrt{B}$ at frozen weights")
    axes.set_ylabel("observed jump of the test cost")
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    return figure


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
