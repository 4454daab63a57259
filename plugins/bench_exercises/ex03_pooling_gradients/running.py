"""Pools of stride 1 over long sequences, forward and backward, with work that does not grow with the window.

Everywhere x is (rows, L), out (rows, P) with P = L - k + 1, and dout has the shape of out.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from .problem import full_precision

Mean = Callable[[Tensor, int], Tensor]


def mean_by_taps(x: Tensor, k: int) -> Tensor:
    """out[p] = sum over j < k of x[p + j] / k: k shifted additions."""
    places = x.shape[1] - k + 1
    total = x[:, :places].clone()
    for j in range(1, k):
        total += x[:, j : j + places]
    return total / k


def mean_by_box(x: Tensor, k: int) -> Tensor:
    """The same sum as a correlation with the box 1/k."""
    with full_precision():
        return F.conv1d(x[:, None], x.new_full((1, 1, k), 1 / k))[:, 0]


def mean_by_sums(x: Tensor, k: int) -> Tensor:
    """out[p] = (c[p + k] - c[p]) / k with c the cumulative sums: two operations per place, whatever k."""
    c = F.pad(x.cumsum(1), (1, 0))
    return (c[:, k:] - c[:, :-k]) / k


def mean_and_back(mean: Mean, x: Tensor, dout: Tensor, k: int) -> dict[str, Tensor]:
    """Forward, and backward as the same mean of dout between k - 1 zeros: the box is its own mirror image."""
    return {"out": mean(x, k), "dx": mean(F.pad(dout, (k - 1, k - 1)), k)}


def maximum(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The maxima of all windows and their first positions, by doubling: about log2 k comparisons per place.

    A window of 2 j values is two neighbouring windows of j; the last step lets two windows overlap, which a maximum
    does not mind. On a tie the left one wins.
    """
    best, where, width = x, torch.arange(x.shape[1], device=x.device).expand_as(x), 1
    while width < k:
        apart = min(width, k - width)
        left, right = best[:, :-apart], best[:, apart:]
        keep = left >= right
        best = torch.where(keep, left, right)
        where = torch.where(keep, where[:, :-apart], where[:, apart:])
        width += apart
    return best, where


def maximum_by_windows(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The maxima of all windows and their first positions, window by window: k comparisons per place."""
    best, offset = x.unfold(1, k, 1).max(2)
    return best, offset + torch.arange(best.shape[1], device=x.device)


def maximum_and_back(
    largest: Callable[[Tensor, int], tuple[Tensor, Tensor]], x: Tensor, dout: Tensor, k: int
) -> dict[str, Tensor]:
    """Forward, and backward along the switches that it kept."""
    out, where = largest(x, k)
    return {"out": out, "dx": torch.zeros_like(x).scatter_add_(1, where, dout)}


def by_autograd(pool: Callable[..., Tensor], x: Tensor, dout: Tensor, k: int) -> dict[str, Tensor]:
    """PyTorch's pool, forward and backward."""
    leaf = x.detach().requires_grad_()
    out = pool(leaf[:, None], k, stride=1)[:, 0]
    return {"out": out.detach(), "dx": torch.autograd.grad(out, leaf, dout)[0]}
