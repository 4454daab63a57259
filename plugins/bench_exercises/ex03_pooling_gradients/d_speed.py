"""The gradient of the filter for many pairs of data at once: the loss is the sum of |out2 - out1| over the pairs.

x1 and x2 are (B, 2, L); the gradient of the weight is (2, K). The bias has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab

from .problem import KERNEL, POOL, Filter
from .reference import POOLINGS


def variants(lab: Lab, pool: str, pairs: int) -> Mapping[str, Callable[[], Tensor]]:
    """The sheet's two models, for one pair of data and for a batch."""
    generator = lab.generator()
    x1, x2, weight, bias = (
        torch.randn(shape, generator=generator) for shape in ((pairs, 2, 4), (pairs, 2, 4), (2, 2), (1,))
    )
    # Every second pair is of whole numbers, as the sheet's data are, and so is the filter: there y ties.
    for x in (x1, x2):
        x[1::2] = (2 * x[1::2]).round()
    f = Filter((2 * weight).round().to(lab.device, lab.dtype), bias.to(lab.device, lab.dtype))
    return many_pairs(x1.to(f.weight), x2.to(f.weight), f, pool)


def many_pairs(x1: Tensor, x2: Tensor, f: Filter, pool: str) -> Mapping[str, Callable[[], Tensor]]:
    ways: dict[str, Callable[[], Tensor]] = {"autograd": lambda: by_autograd(x1, x2, f, pool)}
    if pool == "max":
        return {**ways, "by hand": lambda: max_by_hand(x1, x2, f)}
    return {
        **ways,
        "by hand": lambda: average_by_hand(x1, x2, f),
        "by hand, the difference first": lambda: average_of_difference(x1, x2, f),
    }


def by_autograd(x1: Tensor, x2: Tensor, f: Filter, pool: str) -> Tensor:
    """As the sheet's last question asks for it."""
    weight = f.weight.detach().requires_grad_()
    out1, out2 = (POOLINGS[pool](F.conv1d(x, weight[None], f.bias), POOL, stride=1)[:, 0] for x in (x1, x2))
    return torch.autograd.grad(torch.linalg.vector_norm(out2 - out1, dim=1).sum(), weight)[0]


def unit(e: Tensor) -> Tensor:
    """e / |e| for each row; pairs with e = 0 stay at 0."""
    return F.normalize(e, dim=1)


def filter_gradient(dy: Tensor, x: Tensor) -> Tensor:
    """dW[c, k] = sum over pairs and places of dy[b, t] x[b, c, t + k]."""
    places = dy.shape[1]
    return torch.stack([(dy[:, None] * x[:, :, k : k + places]).sum((0, 2)) for k in range(KERNEL)], 1)


def convolve(x: Tensor, weight: Tensor) -> Tensor:
    """y (B, T) without bias, which drops out of out2 - out1."""
    places = x.shape[2] - KERNEL + 1
    taps = (weight[:, k] @ x[:, :, k : k + places] for k in range(KERNEL))
    return sum(taps, torch.zeros((), dtype=x.dtype, device=x.device))


def average_by_hand(x1: Tensor, x2: Tensor, f: Filter) -> Tensor:
    """Both data sets through the net and back: every y gives half of itself to each of its windows."""
    out1, out2 = ((y[:, :-1] + y[:, 1:]) / 2 for y in (convolve(x, f.weight) for x in (x1, x2)))
    half = unit(out2 - out1) / 2
    dy = F.pad(half, (0, 1)) + F.pad(half, (1, 0))
    return filter_gradient(dy, x2) - filter_gradient(dy, x1)


def average_of_difference(x1: Tensor, x2: Tensor, f: Filter) -> Tensor:
    """Pooling by averages and convolving are linear and commute: pool the difference, then there is one layer left."""
    d = x2 - x1
    pooled = (d[:, :, :-1] + d[:, :, 1:]) / 2
    return filter_gradient(unit(convolve(pooled, f.weight)), pooled)


def max_by_hand(x1: Tensor, x2: Tensor, f: Filter) -> Tensor:
    """The switches of each data set send its derivative to the left or to the right of each window."""
    ys = [convolve(x, f.weight) for x in (x1, x2)]
    left = [y[:, :-1] >= y[:, 1:] for y in ys]
    out1, out2 = (torch.where(first, y[:, :-1], y[:, 1:]) for first, y in zip(left, ys, strict=True))
    u = unit(out2 - out1)
    dy1, dy2 = (F.pad(u * first, (0, 1)) + F.pad(u * ~first, (1, 0)) for first in left)
    return filter_gradient(dy2, x2) - filter_gradient(dy1, x1)
