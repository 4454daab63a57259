"""8g: the two kinds of mask."""

from __future__ import annotations

import torch
from torch import Tensor


def entry_masks(shape: tuple[int, ...], p: float, stream: torch.Generator, like: Tensor) -> Tensor:
    """One Bernoulli number for every value (N, C, H, W)."""
    check_rate(p)
    return (torch.rand(shape, generator=stream) >= p).to(like)


def channel_masks(shape: tuple[int, ...], p: float, stream: torch.Generator, like: Tensor) -> Tensor:
    """One Bernoulli number for every channel of every example."""
    return entry_masks((*shape[:2], 1, 1), p, stream, like).expand(shape)


def check_rate(p: float) -> None:
    if not 0 < p < 1:
        raise ValueError(f"p={p} must lie between 0 and 1")
