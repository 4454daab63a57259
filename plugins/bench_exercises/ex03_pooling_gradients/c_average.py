"""3c: averages of stride 1 over long sequences, with work that does not grow with the window.

Everywhere x is (rows, L), out (rows, P) with P = L - k + 1, and dout has the shape of out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from torch import Tensor
from torch.nn import functional as F

from bench import Lab

from .c_running import by_autograd, sequences
from .problem import full_precision

Mean = Callable[[Tensor, int], Tensor]


def variants(lab: Lab, kernel: int) -> Mapping[str, Callable[[], Mapping[str, Tensor]]]:
    x, dout = sequences(lab, kernel)
    ways = {
        "k shifted additions": mean_by_taps,
        "correlation with a box": mean_by_box,
        "cumulative sums": mean_by_sums,
    }
    return {
        "avg_pool1d": lambda: by_autograd(F.avg_pool1d, x, dout, kernel),
        **{name: partial(mean_and_back, mean, x, dout, k=kernel) for name, mean in ways.items()},
    }


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
