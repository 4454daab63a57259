"""Dropout with a given mask (Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from
overfitting"), inverted: what is kept grows by 1 / (1 - p) while training, and evaluation changes nothing."""

from typing import NamedTuple

from torch import Tensor

from bench.kit.byhand.checks import require, require_shape


class DropoutSaved(NamedTuple):
    mask: Tensor
    p: float


def dropout(x: Tensor, mask: Tensor, p: float) -> tuple[Tensor, DropoutSaved]:
    """y = x · mask / (1 - p): mask, of x's shape, is 1 (or true) where a value is kept, p the chance to lose one.

    Raises ``ValueError`` for p outside [0, 1) and for a mask of another shape.
    """
    require(0 <= p < 1, f"p={p} must lie in [0, 1)")
    require_shape("mask", mask, x.shape)
    return x * mask / (1 - p), DropoutSaved(mask, p)


def dropout_backward(dy: Tensor, saved: DropoutSaved) -> tuple[Tensor]:
    """dx = dy · mask / (1 - p)."""
    require_shape("dy", dy, saved.mask.shape)
    return (dy * saved.mask / (1 - saved.p),)
