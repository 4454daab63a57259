"""The contact sheets of 11d."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from bench.kit.compare import largest

from . import d_bilateral as bf
from . import d_canny as cn
from . import figures, reference
from .d_bilateral import DIAMETER, SIGMA_COLOR, SIGMA_SPACE
from .d_canny import HIGH, LOW, SIGMA
from .problem import luma

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EDGES = (
    "Canny step by step on the middle of Pic1: Gaussian, strength of the gradient, its ridges, two thresholds (strong "
    "ridges black, weak ones orange), and the weak ones kept where they touch a strong one. Below: what happens "
    "without the Gaussian, with a higher upper threshold, and with noise added."
)
FILTERED = (
    f"Above: Pic1 as it is, behind cv2.bilateralFilter (a disc {DIAMETER} pixels wide, σ_c = {SIGMA_COLOR:.0f}, σ_s = "
    f"{SIGMA_SPACE:.0f}), and their difference in grey, red where it got brighter. Middle: the frame, where most was "
    f"changed, enlarged. Below: Canny with thresholds {LOW} and {HIGH} on Pic1 as it is, behind the bilateral filter, "
    f"and behind a Gaussian on the same disc."
)
SMOOTHING = (
    "Above: noise of 15 levels on the middle of Pic1, smoothed by a Gaussian and by the bilateral filter with the same "
    "σ_s. Middle: what was wrong before and is wrong after, on one scale. Below: the weights of one pixel beside a "
    "step of 150 levels, in space, in level, and multiplied: almost no weight crosses the step."
)


def canny_figure(image: Tensor, noise: Tensor) -> Figure:
    smooth = cn.smoothed(image, SIGMA)
    stages = cn.canny(smooth, LOW, HIGH)
    cut = figures.detail
    figure, panels = figures.sheet(3, 3, cut(image), extra=0.35)
    figures.grey(panels[0, 0], cut(smooth), f"Gaussian, σ = {SIGMA}", bar=False)
    strength = cut(stages.strength)
    figures.grey(
        panels[0, 1], strength, f"|g$_x$| + |g$_y$|, 0 … {strength.max():.0f}", top=float(strength.max()), bar=False
    )
    figures.mask(panels[0, 2], [(cut(stages.ridge), figures.INK)], "ridges: thin, but everywhere")
    two = [(cut(stages.weak), figures.ORANGE), (cut(stages.strong), figures.INK)]
    figures.mask(panels[1, 0], two, f"two thresholds: > {LOW}, > {HIGH}")
    figures.mask(panels[1, 1], [(cut(stages.edges), figures.INK)], "hysteresis: the edges")
    lost = [(cut(stages.weak & ~stages.edges), figures.BLUE)]
    figures.mask(panels[1, 2], lost, "weak ridges that were dropped")
    others = {
        "without the Gaussian": reference.canny(image, LOW, HIGH),
        "upper threshold 400": reference.canny(smooth, LOW, 400),
        "noise of 15 levels, no Gaussian": reference.canny(noise, LOW, HIGH),
    }
    for axes, (title, edges) in zip(panels[2], others.items(), strict=True):
        figures.mask(axes, [(cut(edges), figures.INK)], title)
    return figure


def pic1_figure(smooth: dict[str, Tensor], seen: dict[str, cn.Stages]) -> Figure:
    """Pic1 unfiltered, filtered, and the difference; the same enlarged; below, what Canny finds."""
    picture = smooth["unfiltered"]
    change = luma(smooth["bilateral"] - picture)
    figure, panels = figures.sheet(3, 3, picture, extra=0.4)
    place, shape = busiest(change)
    for row, part, where in ((panels[0], whole, ""), (panels[1], enlarged(place, shape), ", enlarged")):
        figures.colour(row[0], part(picture), f"Pic1{where or ', unfiltered'}")
        figures.colour(row[1], part(smooth["bilateral"]), f"bilateral filter{where}")
        figures.signed(row[2], part(change), f"what it changed{where} (levels)", float(change.abs().max()))
    figures.box(panels[0, 0], place, shape, tint=figures.ORANGE, label="enlarged below", below=True)
    for axes, (name, stages) in zip(panels[2], seen.items(), strict=True):
        figures.mask(axes, [(stages.edges, figures.INK)], f"Canny, {name}: {int(stages.edges.sum()):,} pixels")
    return figure


def whole(picture: Tensor) -> Tensor:
    return picture


def enlarged(place: tuple[int, int], shape: tuple[int, int]) -> Callable[[Tensor], Tensor]:
    (y, x), (h, w) = place, shape
    return lambda picture: picture[..., y : y + h, x : x + w]


def busiest(change: Tensor, parts: int = 7) -> tuple[tuple[int, int], tuple[int, int]]:
    """Upper left corner and shape of the window, a ``parts``-th of the picture high and wide, that changed most."""
    height, width = (max(1, side // parts) for side in change.shape)
    mean = F.avg_pool2d(change.abs()[None], (height, width), stride=1)[0]
    y, x = divmod(int(mean.argmax()), mean.shape[1])
    return (y, x), (height, width)


def noise_figure(clean: Tensor, noise: Tensor) -> Figure:
    figure, panels = figures.sheet(3, 3, clean, extra=0.36)
    smooth = {
        "with noise": noise,
        "Gaussian": bf.gaussian(noise, DIAMETER, SIGMA_SPACE),
        "bilateral": bf.bilateral(noise, DIAMETER, SIGMA_COLOR, SIGMA_SPACE),
    }
    most = largest(float((p - clean).abs().max()) for p in smooth.values())
    for (top, middle), (name, p) in zip(panels[:2].T, smooth.items(), strict=True):
        figures.grey(top, p, name, bar=False)
        rms = float((p - clean).square().mean().sqrt())
        figures.signed(middle, p - clean, f"its error, RMS {rms:.1f} levels", most)
    for axes, (title, weights) in zip(panels[2], weights_beside_a_step(clean).items(), strict=True):
        figures.cells(axes, weights, title)
    return figure


def weights_beside_a_step(like: Tensor) -> dict[str, Tensor]:
    """(9, 9) weights of the pixel in the middle; a step of 150 levels lies two pixels to its right."""
    steps = torch.arange(-4, 5, device=like.device, dtype=like.dtype)
    distance = steps[:, None].square() + steps[None, :].square()
    space = torch.exp(-distance / (2 * SIGMA_SPACE**2)) * (distance <= (DIAMETER // 2) ** 2)
    gap = torch.where(steps[None, :] >= 2, 150.0, 0.0).expand(9, 9)
    level = torch.exp(-gap.square() / (2 * SIGMA_COLOR**2)).to(like)
    return {"weight in space, a disc": space, "weight in level": level, "their product": space * level}
