"""3c: maxima of stride 1 over long sequences, with comparisons that grow with the logarithm of the window.

Everywhere x is (rows, L), out (rows, P) with P = L - k + 1, and dout has the shape of out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab

from .c_running import by_autograd, sequences


def variants(lab: Lab, kernel: int) -> Mapping[str, Callable[[], Mapping[str, Tensor]]]:
    x, dout = sequences(lab, kernel)
    return {
        "max_pool1d": lambda: by_autograd(F.max_pool1d, x, dout, kernel),
        "window by window": lambda: maximum_and_back(maximum_by_windows, x, dout, kernel),
        "by doubling": lambda: maximum_and_back(maximum, x, dout, kernel),
    }


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
