"""The contact sheet of 11a."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from . import figures
from .by_hand import saturated

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAPTION = (
    "The middle of Pic1, its grey, and the nine kernels (inset). In the panels with a sign red is positive and blue "
    "negative; each bar gives its panel's own range, nothing is cut off, and colours follow the square root of the "
    "response. In the grey panels blue marks values below the bar and orange values above it, which 8 bits cut off."
)


def nine_figure(picture: Tensor, image: Tensor, kernels: dict[str, Tensor], R: dict[str, Tensor]) -> Figure:
    figure, panels = figures.sheet(4, 3, figures.detail(image))
    figures.colour(panels[0, 0], figures.detail(picture), "Pic1, its middle")
    figures.grey(panels[0, 1], figures.detail(image), "grey: what the kernels see", bar=False)
    half = figures.detail(saturated(R["bottom sobel"]))
    figures.grey(panels[0, 2], half, "kernel 5 in 8 bits: half of it is gone", bar=False)
    for number, (axes, name) in enumerate(zip(panels.flat[3:], R, strict=True), 1):
        response = figures.detail(R[name])
        if kernels[name].sum() == 0:
            figures.signed(axes, response, f"{number} {name}")
        elif kernels[name].sum() == 1:
            figures.grey(axes, response, f"{number} {name}: {span(response)}")
        else:
            figures.grey(axes, response, f"{number} {name}, sum 16", top=16 * 255)
        figures.kernel(axes, kernels[name])
    return figure


def span(response: Tensor) -> str:
    return " … ".join(figures.number(float(end)) for end in (response.min(), response.max()))
