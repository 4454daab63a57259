"""The pictures that matplotlib draws: what the network is shown, its weights, what is dropped, all runs in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, product
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from bench.kit.training import Epoch

from .network import CLASSES, bound, weighted
from .problem import Photos

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#000000", "#D55E00", "#E69F00", "#0072B2", "#56B4E9", "#AA4499", "#009E73", "#332288", "#CC79A7", "#999933")
DASHES = ("-", "--", ":")


def styles(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """A line for each name that no other has: where the colours have been used up, they come again dashed."""
    looks = cycle(product(DASHES, COLOURS))
    return {name: {"linestyle": dash, "color": colour} for name, (dash, colour) in zip(names, looks, strict=False)}


def contact_sheet(photos: Photos, of_each: int = 10) -> Figure:
    """Ten pictures of each class, or as many as there are."""
    from matplotlib.figure import Figure

    x, y = photos.train.x.cpu(), photos.train.y.cpu()
    figure = Figure(figsize=(7, 7), layout="constrained", facecolor="white")
    axes = figure.subplots()
    sheet = torch.full((3, 34 * CLASSES, 34 * of_each), 255, dtype=torch.uint8)
    for kind in range(CLASSES):
        for column, one in enumerate(x[y == kind][:of_each]):
            sheet[:, 34 * kind + 1 : 34 * kind + 33, 34 * column + 1 : 34 * column + 33] = one
    axes.imshow(sheet.permute(1, 2, 0).numpy())
    axes.set(xticks=[], yticks=[34 * kind + 17 for kind in range(CLASSES)], yticklabels=list(range(CLASSES)))
    axes.set(ylabel="class", title=photos.name)
    return figure


def histograms(nets: dict[str, nn.Module], title: str) -> Figure:
    """The weights of every layer: how many there are of each size, one line a network."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter

    layers = {label: weighted(net) for label, net in nets.items()}
    names, looks = list(next(iter(layers.values()))), styles(layers)
    figure = Figure(figsize=(9, 7.5), layout="constrained", facecolor="white")
    for axes, name in zip(figure.subplots(3, 3).flat, names, strict=True):
        limit = 1.5 * bound(next(iter(layers.values()))[name])
        for label, of in layers.items():
            counts, edges = spread(of[name].weight, limit)
            axes.stairs(counts, edges, label=label, linewidth=1.4, **looks[label])
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_title(name, fontsize=10)
        axes.grid(alpha=0.25)
    figure.supxlabel("weight (what is larger is counted at the edges)")
    figure.supylabel("share of the layer's weights")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, frameon=False, title=title)
    return figure


def spread(weights: Tensor, limit: float, bins: int = 41) -> tuple[Sequence[float], Sequence[float]]:
    """Shares of the weights in equal bins over ±limit, and the edges of the bins."""
    values = weights.detach().flatten().double().cpu().clamp(-limit * 0.999, limit * 0.999)
    counts, edges = torch.histogram(values, bins, range=(-limit, limit))
    return (counts / len(values)).tolist(), edges.tolist()


def augmented(rows: Mapping[str, Tensor]) -> Figure:
    """The same pictures (N, 3, 32, 32), a row of them for each name."""
    from matplotlib.figure import Figure

    columns = len(next(iter(rows.values())))
    figure = Figure(figsize=(9, 1.1 * len(rows)), layout="constrained", facecolor="white")
    for line, (name, pictures) in zip(figure.subplots(len(rows), columns), rows.items(), strict=True):
        for axes, one in zip(line, pictures.permute(0, 2, 3, 1).cpu().numpy(), strict=True):
            axes.imshow(one)
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, fontsize=9)
    return figure


def dropped(maps: Tensor, factors: Mapping[str, Tensor]) -> Figure:
    """Maps (1, C, H, W), a row for each name of ``factors``: what is kept, in the grey that it had before it is
    multiplied, and what is dropped, in a colour of its own."""
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    greys = colormaps["gray"].with_extremes(bad="#E69F00")
    figure = Figure(figsize=(9, 3.7), facecolor="white", layout="constrained")
    lines = figure.subplots(len(factors), maps.shape[1], squeeze=False)
    for line, (name, multipliers) in zip(lines, factors.items(), strict=True):
        kept = maps.where(multipliers > 0, torch.nan)
        for axes, one, whole in zip(line, kept[0].cpu().numpy(), maps[0].cpu().numpy(), strict=True):
            axes.imshow(one, cmap=greys, vmin=float(whole.min()), vmax=float(whole.max()))
            axes.set(xticks=[], yticks=[])
        line[0].set_ylabel(name, fontsize=10)
    return figure


def overlay(rows: Mapping[str, Sequence[Sequence[Epoch]]]) -> Figure:
    """Test loss and test accuracy of every kind of training, from its epochs for each seed.

    Above, both against the epoch, a line a kind, the mean over seeds; below, their ends: a bar from the lowest to the
    highest seed, with a tick for every seed.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 8.5), layout="constrained", facecolor="white")
    grid = figure.subplots(2, 2)
    looks = styles(rows)
    for column, (name, axis) in enumerate((("test_loss", "test loss (nats)"), ("test_accuracy", "test accuracy"))):
        course, ends = grid[0, column], grid[1, column]
        for place, (kind, seeds) in enumerate(rows.items()):
            lines = [[getattr(epoch, name) for epoch in epochs] for epochs in seeds]
            shortest = min(map(len, lines))
            mean = torch.tensor([line[:shortest] for line in lines], dtype=torch.float64).mean(0).tolist()
            label = f"{kind}, mean of {len(seeds)}" if len(seeds) > 1 else kind
            course.plot(range(shortest), mean, label=label, linewidth=1.5, **looks[kind])
            last, colour = [line[-1] for line in lines], looks[kind]["color"]
            ends.plot([min(last), max(last)], [place, place], color=colour, linewidth=5, alpha=0.4)
            ends.plot(last, [place] * len(last), "|", color=colour, markersize=13, markeredgewidth=2)
        course.set(xlabel="epoch", ylabel=axis)
        ends.set(xlabel=f"{axis}, last epoch", yticks=range(len(rows)), yticklabels=list(rows) if not column else [])
        ends.invert_yaxis()
        for axes in (course, ends):
            axes.grid(alpha=0.25)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    return figure
