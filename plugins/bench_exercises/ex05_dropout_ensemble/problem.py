"""The problem: a softmax layer over n hidden units, each of which dropout may remove, and every way to do so.

A mask m is a row of n numbers, 1 where the unit is kept; q is the probability to keep one, independently of the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab

EXACT = 1e-12
"""For what only rounding separates, in probabilities of float64."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last layer of a network: z = (m ⊙ h) W + b, then softmax.

    Shapes: ``hidden`` h (batch, n), ``weight`` W (n, classes), ``bias`` b (classes). Raises ``ValueError`` where these
    do not belong together.
    """

    hidden: Tensor
    weight: Tensor
    bias: Tensor

    def __post_init__(self) -> None:
        h, w, b = (tuple(tensor.shape) for tensor in (self.hidden, self.weight, self.bias))
        if len(h) != 2 or len(w) != 2 or h[1] != w[0] or b != w[1:]:
            raise ValueError(f"hidden {h}, weight {w} and bias {b} must be (batch, n), (n, classes) and (classes)")

    @classmethod
    def draw(cls, lab: Lab, *, units: int, batch: int = 5, classes: int = 4) -> Head:
        """Standard normal h, W and b: weights large enough for the members to disagree."""
        stream = lab.generator()
        shapes = ((batch, units), (units, classes), (classes,))
        return cls(*(torch.randn(shape, generator=stream).to(lab.device, lab.dtype) for shape in shapes))

    @property
    def units(self) -> int:
        return len(self.weight)


# Masks

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
