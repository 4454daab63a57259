"""The contact sheet of 11a."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor

from . import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNFILTERED = "Pic1 as it is, and in grey, which the responses below are computed from."
IN_COLOUR = (
    "What cv2.filter2D(Pic1, -1, kernel) shows: three channels, each filtered by itself and, in 8 bits, cut off at "
    "0 and 255."
)
SIGNED = "The response of the grey picture, its middle; red is positive, blue negative, on a scale of square roots."
UNSIGNED = "The response of the grey picture, its middle; blue and orange mark what 8 bits would cut off."


def unfiltered_figure(picture: Tensor, image: Tensor) -> Figure:
    figure, panels = figures.sheet(1, 2, picture, extra=0.3)
    figures.colour(panels[0, 0], picture, "Pic1, unfiltered")
    figures.grey(panels[0, 1], image, "Pic1 in grey", bar=False)
    return figure


def nine_figure(shown: dict[str, Tensor], kernels: dict[str, Tensor]) -> Figure:
    """``shown``: (3, H, W) each, by name."""
    figure, panels = figures.sheet(3, 3, shown["sharpen"], extra=0.3)
    for number, (axes, name) in enumerate(zip(panels.flat, shown, strict=True), 1):
        figures.colour(axes, shown[name], f"{number} {name}")
        figures.kernel(axes, kernels[name])
    return figure


def one_figure(response: Tensor, kernel: Tensor) -> Figure:
    """The middle of one response; kernel 9's divided by 16."""
    from matplotlib.figure import Figure

    R = figures.detail(response)
    figure = Figure(figsize=(4.6, 3.6 * R.shape[0] / R.shape[1] * 1.5), facecolor="white", layout="constrained")
    axes = figure.subplots()
    if kernel.sum() == 0:
        figures.signed(axes, R, f"largest |response|: {figures.number(float(response.abs().max()))}")
    elif kernel.sum() == 1:
        figures.grey(axes, R, f"from {span(response)}")
    else:
        figures.grey(axes, R / kernel.sum(), f"divided by {figures.number(float(kernel.sum()))}")
    figures.kernel(axes, kernel)
    return figure


def span(response: Tensor) -> str:
    return " to ".join(figures.number(float(end)) for end in (response.min(), response.max()))
