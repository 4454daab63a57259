"""The problem of the sheet: two data sets, one filter, two pools, three norms.

Shapes: x (2, C, L) holds both data sets; the filter is (C, K); y (2, T) with T = L - K + 1; out (2, P).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.backends import cudnn

DATA = (
    ((1.0, 2.0, -3.0, 2.0), (1.0, 2.0, -2.0, 1.0)),
    ((4.0, 2.0, -2.0, 2.0), (3.0, 2.0, -7.0, 2.0)),
)
KERNEL, POOL, STRIDE = 2, 2, 1
POOLS = ("average", "max")


@dataclass(frozen=True, slots=True)
class Norm:
    """A length of e (P,), with its derivative; ``torch`` is the same function in PyTorch's words."""

    value: Callable[[Tensor], Tensor]
    derivative: Callable[[Tensor], Tensor]
    torch: Callable[[Tensor], Tensor]


def direction(e: Tensor) -> Tensor:
    """e / |e|, and 0 at e = 0: there every vector of length <= 1 is a subgradient, and 0 is the one that rests."""
    length = e.square().sum().sqrt()
    return torch.where(length > 0, e / torch.where(length > 0, length, 1), 0)


NORMS = {
    "l2": Norm(lambda e: e.square().sum().sqrt(), direction, torch.linalg.vector_norm),
    "squared": Norm(lambda e: e.square().sum(), lambda e: 2 * e, lambda e: e.dot(e)),
    "l1": Norm(lambda e: e.abs().sum(), torch.sign, lambda e: torch.linalg.vector_norm(e, ord=1)),
}


def full_precision() -> AbstractContextManager[None]:
    """PyTorch's own convolution on a GPU: cuDNN may round float32 factors to the 10 bits of TF32."""
    return cudnn.flags(enabled=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """The parameters of the convolution: weight (C, K) and bias (1,)."""

    weight: Tensor
    bias: Tensor
