"""Where the parameters and the multiplications are, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .by_hand import Convolution, Line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE = "#0072B2", "#E69F00"


def costs(numbers: Sequence[str], lines: Sequence[Line]) -> Figure:
    """Parameters and multiplications of every row with weights, side by side; ``numbers`` are the rows' numbers."""
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    figure = Figure(figsize=(9.4, 4.2), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2, sharey=True)
    weighty = [(number, line) for number, line in zip(numbers, lines, strict=True) if line.parameters]
    names = [f"row {number}: {_short(line)}" for number, line in weighty]
    shown = [line for _, line in weighty]
    _bars(left, names, shown, values=[line.parameters for line in shown], label="parameters")
    _bars(right, names, shown, values=[line.multiplications for line in shown], label="multiplications for one image")
    left.invert_yaxis()
    kinds = {"convolution": BLUE, "fully connected": ORANGE}
    patches = [Patch(color=colour, label=kind) for kind, colour in kinds.items()]
    figure.legend(handles=patches, loc="outside upper center", ncols=2, frameon=False)
    return figure


def _short(line: Line) -> str:
    if isinstance(line.layer, Convolution):
        return f"{line.layer.channels} kernels of {line.layer.kernel}×{line.layer.kernel}"
    return f"{line.after[0]} units"


def _bars(ax: Axes, names: Sequence[str], lines: Sequence[Line], *, values: Sequence[int], label: str) -> None:
    """Horizontal bars in millions, each with its share of the whole."""
    colours = [BLUE if isinstance(line.layer, Convolution) else ORANGE for line in lines]
    drawn = ax.barh(names, [value / 1e6 for value in values], color=colours)
    texts = [f"{value / 1e6:.3g} M, {value / sum(values):.1%}" for value in values]
    ax.bar_label(drawn, texts, padding=4, fontsize=10)
    ax.set_xlim(0, 1.4 * max(values) / 1e6)
    ax.set_xlabel(f"{label}, millions")
    ax.spines[["top", "right"]].set_visible(False)
