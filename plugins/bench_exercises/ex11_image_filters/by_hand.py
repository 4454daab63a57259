"""Filtering by hand.

A picture is (…, H, W); a kernel K is (2r+1, 2s+1). Borders are mirrored without repeating the edge pixel, as OpenCV
does unless told otherwise (BORDER_REFLECT_101).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def mirrored(picture: Tensor, rows: int, columns: int) -> Tensor:
    """Padded by ``rows`` above and below and ``columns`` left and right.

    Raises ``ValueError`` where the picture is too small to be mirrored that far.
    """
    height, width = picture.shape[-2:]
    if rows >= height or columns >= width:
        raise ValueError(
            f"a picture of {width} × {height} pixels cannot be mirrored {columns} × {rows} pixels outwards"
        )
    stack = picture.reshape(1, -1, height, width)
    padded = F.pad(stack, (columns, columns, rows, rows), mode="reflect")
    return padded.reshape(*picture.shape[:-2], *padded.shape[-2:])


def correlate(picture: Tensor, kernel: Tensor) -> Tensor:
    """R(y, x) = Σ_u Σ_v K(u, v) I(y + u − r, x + v − s), as a sum of shifted pictures."""
    rows, columns = kernel.shape
    height, width = picture.shape[-2:]
    padded = mirrored(picture, rows // 2, columns // 2)
    response = torch.zeros_like(picture)
    for u, row in enumerate(kernel.tolist()):
        for v, weight in enumerate(row):
            if weight:
                response.add_(padded[..., u : u + height, v : v + width], alpha=weight)
    return response


def convolve(picture: Tensor, kernel: Tensor) -> Tensor:
    """R(y, x) = Σ_u Σ_v K(u, v) I(y − u + r, x − v + s): the kernel is turned by 180° first."""
    return correlate(picture, flipped(kernel))


def flipped(kernel: Tensor) -> Tensor:
    return kernel.flip(0, 1)


def windows_times_kernel(picture: Tensor, kernel: Tensor) -> Tensor:
    """The same as one matrix product: every window a row. (H, W) only."""
    rows, columns = kernel.shape
    padded = mirrored(picture, rows // 2, columns // 2)
    windows = padded.unfold(0, rows, 1).unfold(1, columns, 1)
    return (windows.reshape(-1, kernel.numel()) @ kernel.reshape(-1)).view_as(picture)


def conv2d(picture: Tensor, kernel: Tensor) -> Tensor:
    """The same by PyTorch's layer, which correlates too. (H, W) only."""
    padded = mirrored(picture, kernel.shape[0] // 2, kernel.shape[1] // 2)
    return F.conv2d(padded[None, None], kernel[None, None])[0, 0]


def separable(picture: Tensor, column: Tensor, row: Tensor) -> Tensor:
    """The same for a kernel that is an outer product: down the columns, then along the rows."""
    return correlate(correlate(picture, column[:, None]), row[None, :])


def saturated(response: Tensor) -> Tensor:
    """What is left in 8 bits: rounded to the nearest level, below 0 black, above 255 white."""
    return response.round().clamp(0, 255)
