"""One affine map at every pixel, in the ways that a framework offers. Shapes as in ``Problem``; all give Z.

Z(n, :, y, x) = W H(n, :, y, x) + b
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .problem import check

Layer = Callable[[Tensor, Tensor, Tensor], Tensor]


def pixel_by_pixel(linear: nn.Linear, maps: Tensor) -> Tensor:
    """The right-hand side of the question, word for word: visit every pixel, apply the linear layer to its channels."""
    check(maps, linear.weight, linear.bias)
    height, width = maps.shape[2:]
    lines = [torch.stack([linear(maps[:, :, y, x]) for x in range(width)], dim=-1) for y in range(height)]
    return torch.stack(lines, dim=-2)


def conv2d(maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    check(maps, weight, bias)
    return F.conv2d(maps, weight[:, :, None, None], bias)


def linear_per_pixel(maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Channels to the end, one linear layer over all pixels, channels back."""
    check(maps, weight, bias)
    return F.linear(maps.movedim(1, -1), weight, bias).movedim(-1, 1)


def matmul(maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Pixels flattened: one (N, M) by (M, YX) product per sample."""
    check(maps, weight, bias)
    return (weight @ maps.flatten(2) + bias[:, None]).unflatten(2, maps.shape[2:])


def einsum(maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """The formula as it is printed."""
    check(maps, weight, bias)
    return torch.einsum("ij,njyx->niyx", weight, maps) + bias[:, None, None]


LAYERS: Mapping[str, Layer] = {
    "conv2d": conv2d,
    "linear per pixel": linear_per_pixel,
    "matmul": matmul,
    "einsum": einsum,
}


def rows(maps: Tensor) -> Tensor:
    """Every pixel of every sample as one row: (batch, C, Y, X) to (batch·Y·X, C)."""
    return maps.movedim(1, -1).flatten(0, 2)


def unrows(table: Tensor, like: Tensor) -> Tensor:
    """Back from ``rows``; ``like`` (batch, ·, Y, X) gives the sizes."""
    batch, _, height, width = like.shape
    return table.unflatten(0, (batch, height, width)).movedim(-1, 1)
