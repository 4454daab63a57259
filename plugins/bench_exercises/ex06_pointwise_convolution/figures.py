"""Two pictures: Jacobians as matrices of blocks, and exclusive or at every pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def jacobians(blocks: dict[str, Tensor], side: int) -> Figure:
    """Jacobians side by side, each as a matrix of P×P blocks of N×M numbers."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.4, 4.9), layout="constrained", facecolor="white")
    axes = figure.subplots(1, len(blocks))
    top = max(float(block.abs().max()) for block in blocks.values())
    for ax, (title, block) in zip(axes, blocks.items(), strict=True):
        pixels, outputs, _, inputs = block.shape
        matrix = block.reshape(pixels * outputs, pixels * inputs).cpu().numpy()
        image = ax.imshow(matrix, cmap="PuOr", vmin=-top, vmax=top, aspect="auto", interpolation="nearest")
        ax.set_xticks([inputs * (q + 0.5) - 0.5 for q in range(pixels)], range(1, pixels + 1))
        ax.set_yticks([outputs * (p + 0.5) - 0.5 for p in range(pixels)], range(1, pixels + 1))
        for line in range(1, pixels):
            heavy = {"color": "0.15", "lw": 0.9} if line % side == 0 else {"color": "0.75", "lw": 0.4}
            ax.axvline(inputs * line - 0.5, **heavy)
            ax.axhline(outputs * line - 0.5, **heavy)
        ax.set_title(title)
        ax.set_xlabel(f"input pixel q ({inputs} channels each)")
        ax.set_ylabel(f"output pixel p ({outputs} channels each)")
        ax.tick_params(length=0)
    figure.colorbar(image, ax=axes, label="∂Z(i, p) / ∂H(j, q)", shrink=0.9)
    return figure


def exclusive_or(maps: Tensor, single: Tensor, stacked: Tensor) -> Figure:
    """The two input channels, the best that one layer can do, and what two layers with a ReLU do."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9.4, 2.7), layout="constrained", facecolor="white")
    titles = ("input channel a", "input channel b", "best single 1×1 layer", "1×1, ReLU, 1×1")
    axes = figure.subplots(1, 4)
    for ax, title, image in zip(axes, titles, (*maps[0], single[0, 0], stacked[0, 0]), strict=True):
        shown = ax.imshow(image.detach().cpu().numpy(), cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
        ax.set_title(title, fontsize=11)
        ax.set_xticks([])
        ax.set_yticks([])
    figure.colorbar(shown, ax=axes, shrink=0.8, label="value", ticks=[0, 0.5, 1])
    return figure
