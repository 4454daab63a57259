"""What the contact sheets are made of: panels in colour, in grey, and with a sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.figure import Figure

INK, BLUE, ORANGE, GREEN, RED, PURPLE, SKY = (
    "#222222",
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
)
WIDTH = 9.0


def sheet(rows: int, columns: int, picture: Tensor, extra: float = 0.5) -> tuple[Figure, np.ndarray]:
    """A white figure of rows × columns panels of the picture's shape, each with ``extra`` inches for its titles."""
    from matplotlib.figure import Figure

    height, width = picture.shape[-2:]
    tall = WIDTH / columns * height / width
    figure = Figure(figsize=(WIDTH, rows * (tall + extra)), facecolor="white", layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False)


def titled(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=9.5, color=INK)
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(False)


def colour(axes: Axes, picture: Tensor, title: str) -> None:
    """(3, H, W) with levels 0 … 255."""
    axes.imshow((picture / 255).clamp(0, 1).movedim(0, -1).cpu().numpy())
    titled(axes, title)


def grey(axes: Axes, picture: Tensor, title: str, *, top: float = 255, bar: bool = True) -> None:
    """(H, W) from 0, black, to ``top``, white; what lies below is blue, what lies above orange."""
    from matplotlib import colormaps

    colours = colormaps["gray"].with_extremes(under=BLUE, over=ORANGE)
    image = axes.imshow(picture.cpu().numpy(), cmap=colours, vmin=0, vmax=top)
    titled(axes, title)
    if bar:
        scale(axes, image, (0, top), extend="both")


def signed(axes: Axes, response: Tensor, title: str, most: float | None = None) -> None:
    """(H, W) around 0, negative blue and positive red, up to the largest |value|; colours follow its square root."""
    from matplotlib.colors import FuncNorm

    values = response.cpu().numpy()
    top = float(most or np.abs(values).max() or 1)
    norm = FuncNorm((lambda v: np.sign(v) * np.sqrt(np.abs(v)), lambda v: np.sign(v) * v**2), vmin=-top, vmax=top)
    image = axes.imshow(values, cmap="RdBu_r", norm=norm)
    titled(axes, title)
    scale(axes, image, (-top, -top / 4, 0, top / 4, top))


def scale(
    axes: Axes,
    image: ScalarMappable,
    ticks: tuple[float, ...],
    *,
    extend: str = "neither",
    write: Callable[[float], str] | None = None,
) -> None:
    """A thin bar below the panel that says what the colours mean."""
    bar = axes.figure.colorbar(
        image, ax=axes, orientation="horizontal", fraction=0.06, pad=0.02, aspect=40, ticks=list(ticks), extend=extend
    )
    first, *_, last = bar.ax.set_xticklabels([(write or number)(tick) for tick in ticks], fontsize=7.5)
    first.set_horizontalalignment("left")
    last.set_horizontalalignment("right")
    bar.outline.set_visible(False)
    bar.ax.minorticks_off()


def number(value: float) -> str:
    """Three digits where it is small, whole where it is large, and quarters as such."""
    quarter = {0.25: "¼", 0.5: "½", 0.75: "¾"}.get(abs(value))
    text = quarter or (f"{abs(value):,.0f}" if abs(value) >= 100 else f"{abs(value):.3g}")
    return "−" + text if value < 0 else text


def detail(picture: Tensor) -> Tensor:
    """(…, H, W): the middle, at most 200 × 300 pixels, so that lines of one pixel are not averaged away."""
    height, width = picture.shape[-2:]
    tall, wide = min(height, 200), min(width, 300)
    y, x = (height - tall) // 2, (width - wide) // 2
    return picture[..., y : y + tall, x : x + wide]


def kernel(axes: Axes, weights: Tensor) -> None:
    """The kernel's numbers in the panel's lower left corner."""
    inset = axes.inset_axes((0.01, 0.015, 0.255, 0.38))
    top, size = float(weights.abs().max()), 7.5 if torch.equal(weights, weights.round()) else 6
    inset.imshow(weights.cpu().numpy(), cmap="RdBu_r", vmin=-1.6 * top, vmax=1.6 * top)
    for (y, x), weight in np.ndenumerate(weights.cpu().numpy()):
        inset.text(x, y, number(weight), ha="center", va="center", fontsize=size, color=INK)
    inset.set(xticks=[], yticks=[])


def box(axes: Axes, place: tuple[float, float], shape: tuple[int, int], *, tint: str, label: str, below: bool) -> None:
    """A frame of ``shape`` (h, w) with its upper left corner at ``place`` (y, x), and its label below or above it."""
    from matplotlib.patches import Rectangle

    (y, x), (h, w) = place, shape
    for edge, line in (("white", 4.0), (tint, 2.0)):
        axes.add_patch(Rectangle((x - 0.5, y - 0.5), w, h, fill=False, edgecolor=edge, lw=line))
    axes.text(
        x + w / 2,
        y + h + 4 if below else y - 4,
        label,
        ha="center",
        va="top" if below else "bottom",
        fontsize=8,
        color=INK,
        bbox={"facecolor": "white", "edgecolor": tint, "boxstyle": "round,pad=0.2", "alpha": 0.92},
    )


def mask(axes: Axes, layers: list[tuple[Tensor, str]], title: str) -> None:
    """Booleans (H, W) in their colours on white, the later ones on top."""
    from matplotlib.colors import to_rgb

    picture = np.ones((*layers[0][0].shape, 3))
    for pixels, tint in layers:
        picture[pixels.cpu().numpy()] = to_rgb(tint)
    axes.imshow(picture)
    titled(axes, title)
    for spine in axes.spines.values():
        spine.set(visible=True, color="0.8")


def cells(axes: Axes, weights: Tensor, title: str) -> None:
    """A small table of weights 0 … 1 as squares, each with its number."""
    values = weights.cpu().numpy()
    axes.imshow(values, cmap="Blues", vmin=0, vmax=1.3)
    for (y, x), weight in np.ndenumerate(values):
        if weight:
            text, ink = f"{weight:.2f}".lstrip("0").removesuffix(".00") or ".00", "white" if weight > 0.7 else INK
            axes.text(x, y, text, ha="center", va="center", fontsize=6.5, color=ink)
    titled(axes, title)
