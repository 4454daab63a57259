"""The bilateral filter by hand.

C. Tomasi and R. Manduchi, Bilateral filtering for gray and color images, ICCV 1998. As in OpenCV the neighbours are
those within a disc, and the difference of two colours is the sum of their channels' absolute differences.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor

from .by_hand import mirrored

DIAMETER, SIGMA_COLOR, SIGMA_SPACE = 9, 50.0, 3.0
"""The disc's diameter in pixels, σ_c in levels, σ_s in pixels."""


def disc(diameter: int) -> list[tuple[int, int]]:
    """The steps (dy, dx) to the neighbours, the pixel itself among them."""
    radius = diameter // 2
    steps = range(-radius, radius + 1)
    return [(dy, dx) for dy in steps for dx in steps if dy**2 + dx**2 <= radius**2]


def bilateral(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    """B(p) = Σ_q w(p, q) I(q) / Σ_q w(p, q) with w = exp(−|p − q|² / 2σ_s²) · exp(−|I(p) − I(q)|² / 2σ_c²).

    (H, W), or (C, H, W), where all channels share one weight.
    """
    channels = picture if picture.ndim == 3 else picture[None]
    total, mass = torch.zeros_like(channels), torch.zeros_like(channels[0])
    for (dy, dx), neighbour in neighbours(channels, diameter):
        gap = (neighbour - channels).abs().sum(0)
        weight = torch.exp(gap.square() * (-0.5 / sigma_color**2) - 0.5 * (dy**2 + dx**2) / sigma_space**2)
        total += weight * neighbour
        mass += weight
    return (total / mass).view_as(picture)


def bilateral_at_once(picture: Tensor, diameter: int, sigma_color: float, sigma_space: float) -> Tensor:
    """The same for a grey picture (H, W), with all windows in memory at the same time."""
    radius = diameter // 2
    padded, side = mirrored(picture, radius, radius), 2 * radius + 1
    windows = padded.unfold(0, side, 1).unfold(1, side, 1)
    steps = torch.arange(-radius, radius + 1, device=picture.device, dtype=picture.dtype)
    distance = steps[:, None].square() + steps[None, :].square()
    space = torch.exp(-0.5 * distance / sigma_space**2) * (distance <= radius**2)
    weights = torch.exp((windows - picture[..., None, None]).square() * (-0.5 / sigma_color**2)) * space
    return (weights * windows).sum((-2, -1)) / weights.sum((-2, -1))


def gaussian(picture: Tensor, diameter: int, sigma_space: float) -> Tensor:
    """The same without the second factor: a Gaussian over a disc."""
    channels = picture if picture.ndim == 3 else picture[None]
    weights = {step: math.exp(-0.5 * (step[0] ** 2 + step[1] ** 2) / sigma_space**2) for step in disc(diameter)}
    total = torch.zeros_like(channels)
    for step, neighbour in neighbours(channels, diameter):
        total += weights[step] * neighbour
    return (total / sum(weights.values())).view_as(picture)


def neighbours(channels: Tensor, diameter: int) -> Iterator[tuple[tuple[int, int], Tensor]]:
    """Every step of the disc with the picture moved by it."""
    radius = diameter // 2
    height, width = channels.shape[-2:]
    padded = mirrored(channels, radius, radius)
    for dy, dx in disc(diameter):
        y, x = radius + dy, radius + dx
        yield (dy, dx), padded[..., y : y + height, x : x + width]
