"""Masks: every way to keep or drop n units, and how likely each is.

A mask m is a row of n numbers, 1 where the unit is kept; q is the probability to keep one, independently of the others.
"""

from __future__ import annotations

import torch
from torch import Tensor

MOST_UNITS = 16
"""65,536 masks; each further unit doubles the work and the memory."""


def every_mask(units: int, like: Tensor) -> Tensor:
    """All 2ⁿ masks, (2ⁿ, n): row k holds the binary digits of k, the lowest first."""
    check_units(units)
    numbers = torch.arange(2**units, device=like.device)
    return (numbers[:, None] >> torch.arange(units, device=like.device) & 1).to(like)


def probabilities(masks: Tensor, keep: float) -> Tensor:
    """P(m) = q^|m| (1 - q)^(n - |m|) of each row."""
    check_keep(keep)
    kept = masks.sum(1)
    return keep**kept * (1 - keep) ** (masks.shape[1] - kept)


def draw_masks(shape: tuple[int, ...], keep: float, stream: torch.Generator, like: Tensor) -> Tensor:
    """Independent Bernoulli(q) numbers, drawn on the CPU so that every device gets the same."""
    check_keep(keep)
    return (torch.rand(shape, generator=stream) < keep).to(like)


def gray_flips(units: int) -> list[int]:
    """Which unit changes at each step of a walk over all masks that begins at the empty one (Gray code).

    Step k changes the unit whose number is the count of trailing zeros of k.
    """
    check_units(units)
    return [(k & -k).bit_length() - 1 for k in range(1, 2**units)]


def check_units(units: int) -> None:
    if not 1 <= units <= MOST_UNITS:
        raise ValueError(f"units={units}: all masks are enumerated for 1 to {MOST_UNITS} units")


def check_keep(keep: float) -> None:
    if not 0 < keep < 1:
        raise ValueError(f"keep={keep} must lie between 0 and 1")
