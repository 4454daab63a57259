"""11a: the classic slips in filtering, each computed for real."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from .by_hand import convolve, correlate

Filter = Callable[[Tensor, Tensor], Tensor]


def transposed(picture: Tensor, kernel: Tensor) -> Tensor:
    return correlate(picture, kernel.T.contiguous())


def edge_repeated(picture: Tensor, kernel: Tensor) -> Tensor:
    padded = F.pad(picture[None], (1, 1, 1, 1), mode="replicate")[0]
    return correlate(padded, kernel)[1:-1, 1:-1]


def black_outside(picture: Tensor, kernel: Tensor) -> Tensor:
    return correlate(F.pad(picture, (1, 1, 1, 1)), kernel)[1:-1, 1:-1]


def cut_off(picture: Tensor, kernel: Tensor) -> Tensor:
    return correlate(picture, kernel).clamp(0, 255)


def one_pixel_late(picture: Tensor, kernel: Tensor) -> Tensor:
    return correlate(picture, kernel).roll(1, dims=1)


FILTERING: dict[str, Filter] = {
    "convolved: the kernel turned by 180°": convolve,
    "the kernel transposed": transposed,
    "the border repeated, not mirrored": edge_repeated,
    "black beyond the border": black_outside,
    "cut off at 0 and 255": cut_off,
    "the window one pixel to the side": one_pixel_late,
}
