"""The contact sheet of 11c."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from . import figures
from .by_hand import correlate
from .c_forms import transfer

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CAPTION = (
    "Each form of the filter on Pic1 (red positive, blue negative, colours follow the square root), and beside it what "
    "it does to waves: the answer to a wave of frequency (ω_x, ω_y), from −π to π, 0 in the middle. Round lines mean "
    "that no direction is preferred; the outer product is blind along both axes."
)


def forms_figure(image: Tensor, kernels: dict[str, Tensor]) -> Figure:
    """Three rows of two forms: each on Pic1, and beside it what it does to waves."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6.9), facecolor="white", layout="constrained")
    panels = figure.subplots(3, 4, width_ratios=(1.5, 1, 1.5, 1))
    for number, (form, K) in enumerate(kernels.items()):
        row, column = number // 2, 2 * (number % 2)
        figures.signed(panels[row, column], figures.detail(correlate(image, K)), form)
        figures.kernel(panels[row, column], K)
        spectrum(panels[row, column + 1], K)
    return figure


def spectrum(axes: Axes, K: Tensor) -> None:
    """|answer| to a wave of frequency (ω_x, ω_y), with five lines of equal answer."""
    values = transfer(K, torch.linspace(-torch.pi, torch.pi, 65).to(K)).cpu().numpy()
    top = float(values.max())
    image = axes.imshow(values, cmap="Reds", vmin=0, vmax=top, extent=(-1, 1, 1, -1))
    levels = [top * n / 6 for n in range(1, 6)]
    axes.contour(values, levels=levels, colors=figures.INK, linewidths=0.6, extent=(-1, 1, -1, 1))
    axes.set(xticks=(-1, 0, 1), yticks=(-1, 0, 1), xticklabels=("−π", "0", "π"), yticklabels=("−π", "0", "π"))
    axes.set_title("ω$_y$ down, ω$_x$ along", fontsize=8, color=figures.INK)
    axes.tick_params(labelsize=7.5, length=2)
    bar = axes.figure.colorbar(image, ax=axes, fraction=0.05, pad=0.03, ticks=(0, top))
    bar.ax.tick_params(labelsize=7.5, length=2)
    bar.outline.set_visible(False)
