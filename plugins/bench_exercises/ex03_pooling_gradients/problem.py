"""The problem of the sheet: two data sets, one filter, two pools, three norms.

Shapes: x (2, C, L) holds both data sets; the filter is (C, K); y (2, T) with T = L - K + 1; out (2, P).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.backends import cudnn

from bench import Lab

DATA = (
    ((1.0, 2.0, -3.0, 2.0), (1.0, 2.0, -2.0, 1.0)),
    ((4.0, 2.0, -2.0, 2.0), (3.0, 2.0, -7.0, 2.0)),
)
KERNEL, POOL, STRIDE = 2, 2, 1
SHEET_LR = 1e-4
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


def data(lab: Lab) -> Tensor:
    """Data1 and Data2 as x (2, 2, 4)."""
    return torch.tensor(DATA, dtype=lab.dtype, device=lab.device)


def draws(lab: Lab, sigma: float) -> Iterator[Filter]:
    """Filters with weight and bias N(0, sigma), without end."""
    generator = lab.generator()
    while True:
        weight, bias = (sigma * torch.randn(shape, generator=generator) for shape in ((2, KERNEL), (1,)))
        yield Filter(weight.to(lab.device, lab.dtype), bias.to(lab.device, lab.dtype))


def patches(x: Tensor) -> Tensor:
    """What the filter sees at each of its places: (2, T, C, K)."""
    return x.unfold(2, KERNEL, 1).transpose(1, 2)


def several(value: object) -> tuple[Any, ...]:
    """A parameter as a tuple: ``--param norm=l1`` gives one value where the default gives several."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)
