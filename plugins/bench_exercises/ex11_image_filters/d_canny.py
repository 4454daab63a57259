"""Canny's edge detector by hand, with the conventions of ``cv2.Canny``.

J. Canny, A computational approach to edge detection, IEEE PAMI 8 (1986). OpenCV leaves the first step, the Gaussian,
to its caller; takes |g_x| + |g_y| for the strength of an edge; and continues the picture by its edge pixels (the
Gaussian mirrors it, as all other filters do).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from .by_hand import separable
from .problem import NINE

LOW, HIGH, SIGMA = 50, 150, 1.4
"""The two thresholds, and the Gaussian before it."""
TAN_22 = 13573
"""tan 22.5° · 2¹⁵, rounded: OpenCV compares directions in whole numbers, so that every machine decides alike."""


class Stages(NamedTuple):
    """What each step leaves, all (H, W): strength |g_x| + |g_y|; where it is a ridge; ridges above each threshold;
    edges."""

    strength: Tensor
    ridge: Tensor
    weak: Tensor
    strong: Tensor
    edges: Tensor


def canny(picture: Tensor, low: float, high: float) -> Stages:
    """Edges of a grey picture (H, W) of whole levels."""
    gx, gy = gradients(picture)
    strength = gx.abs() + gy.abs()
    ridge = suppressed(strength, gx, gy)
    weak, strong = ridge & (strength > low), ridge & (strength > high)
    return Stages(strength=strength, ridge=ridge, weak=weak, strong=strong, edges=connected(strong, weak))


def smoothed(picture: Tensor, sigma: float) -> Tensor:
    """Step 1 of a picture (H, W): a Gaussian of the size that ``cv2.GaussianBlur`` takes in 8 bits, in whole levels."""
    return gaussian(picture, sigma).round()


def gaussian(picture: Tensor, sigma: float) -> Tensor:
    """The same before it is rounded: down the columns, then along the rows."""
    taps = gaussian_taps(picture, sigma)
    return separable(picture, taps, taps)


def gaussian_taps(like: Tensor, sigma: float) -> Tensor:
    """exp(−k² / 2σ²), made to sum to 1, for |k| ≤ r: OpenCV takes 2r + 1 = ⌊6σ + 1.5⌋, or the next odd number."""
    radius = (round(6 * sigma + 1) | 1) // 2
    steps = torch.arange(-radius, radius + 1, device=like.device, dtype=like.dtype)
    taps = torch.exp(-0.5 * steps.square() / sigma**2)
    return taps / taps.sum()


def gradients(picture: Tensor) -> tuple[Tensor, Tensor]:
    """Sobel's derivatives along x and y: kernels 6 and 5 of the sheet."""
    padded = F.pad(picture[None, None], (1, 1, 1, 1), mode="replicate")
    pair = picture.new_tensor((NINE["right sobel"], NINE["bottom sobel"]))
    gx, gy = F.conv2d(padded, pair[:, None])[0]
    return gx, gy


def suppressed(strength: Tensor, gx: Tensor, gy: Tensor) -> Tensor:
    """Where the strength is largest across the edge: among the two neighbours nearest to the gradient's direction.

    Along an axis a tie is decided for the pixel that comes first, on a diagonal for none.
    """
    x, y = gx.abs() * TAN_22, gy.abs() * 2**15
    flat, steep = y < x, y > x + gx.abs() * 2**16
    falling = (gx < 0) == (gy < 0)
    left, right = moved(strength, 0, -1), moved(strength, 0, 1)
    above, below = moved(strength, -1, 0), moved(strength, 1, 0)
    before = torch.where(falling, moved(strength, -1, -1), moved(strength, -1, 1))
    after = torch.where(falling, moved(strength, 1, 1), moved(strength, 1, -1))
    along_x = (strength > left) & (strength >= right)
    along_y = (strength > above) & (strength >= below)
    return torch.where(flat, along_x, torch.where(steep, along_y, (strength > before) & (strength > after)))


def moved(strength: Tensor, dy: int, dx: int) -> Tensor:
    """The neighbour at (y + dy, x + dx); nothing beyond the border."""
    height, width = strength.shape
    padded = F.pad(strength, (1, 1, 1, 1))
    return padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]


def connected(strong: Tensor, weak: Tensor) -> Tensor:
    """Hysteresis: the weak ridges that are joined to a strong one by weak ones, neighbours in eight directions.

    A walk from the strong ridges, which visits every weak pixel at most once.
    """
    unseen = set(map(tuple, weak.nonzero().tolist()))
    edges, waiting = torch.zeros_like(weak), strong.nonzero().tolist()
    for y, x in waiting:
        edges[y, x] = True
        near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & unseen
        unseen -= near
        waiting += near  # the loop goes on over what is added to its list
    return edges
