"""3a, continued: the average model sees nothing but Data2 - Data1, and is content with filters that see nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import relative_error
from bench.kit.compare import largest

from .by_hand import Forward, backward, forward, step
from .problem import POOLS, SHEET_LR, Filter

LINEAR = ((1.5, 0.5, 1.0, -2.5), (0.5, 0.5, -2.5, -2.0))
"""e = M w for the average model, worked out on paper; w = (w11, w12, w21, w22)."""
NULL = ((1.0, 7.0, 0.0, 2.0), (0.0, 33.0, 1.0, 7.0))
"""Two filters with M w = 0, worked out on paper."""


def claim_difference(lab: Lab, x: Tensor, filters: Sequence[Filter]) -> None:
    """e and the gradient from D = Data2 - Data1 alone, and from M on paper: the worst of the filters."""
    gaps = [on_paper(x, f) for f in filters]
    for name in gaps[0]:
        lab.claim(name, largest(gap[name] for gap in gaps), at_most=1e-12)


def on_paper(x: Tensor, f: Filter) -> dict[str, float]:
    at = forward(x, f, "average")
    full = backward(at, x)
    matrix, u = x.new_tensor(LINEAR), at.e / at.e.norm()
    return {
        "average: the gradient from Data2 - Data1 alone is the same": relative_error(
            backward(*alone(x[1] - x[0], f)).weight, full.weight
        ),
        "average: e = M w as on paper": relative_error(matrix @ f.weight.flatten(), at.e),
        "average: dW = Mᵀ u as on paper": relative_error((matrix.T @ u).view(2, 2), full.weight),
    }


def alone(difference: Tensor, f: Filter) -> tuple[Forward, Tensor]:
    """The model on (0, D) instead of (Data1, Data2), ready for ``backward``."""
    x = torch.stack([torch.zeros_like(difference), difference])
    return forward(x, f, "average"), x


def claim_squared(lab: Lab, x: Tensor, f: Filter, updates: int = 100) -> None:
    """By the squared norm an update is linear: each eigenvector of M Mᵀ loses 2 lr λ of its share of e."""
    matrix, current = x.new_tensor(LINEAR), f
    for _ in range(updates):
        current = step(current, backward(forward(x, current, "average", "squared"), x, "squared"), SHEET_LR)
    shrunk = torch.eye(len(matrix)).to(matrix) - 2 * SHEET_LR * matrix @ matrix.T
    law = torch.linalg.matrix_power(shrunk, updates) @ forward(x, f, "average").e
    name = "average, squared norm: e after 100 updates = (I - 2·lr·M Mᵀ)¹⁰⁰ e, relative"
    lab.claim(name, relative_error(forward(x, current, "average").e, law), at_most=1e-11)


def claim_collapse(lab: Lab, x: Tensor) -> None:
    """Filters that cannot tell the data apart: W = 0 in both models, a whole plane of them in the first."""
    bias = x.new_tensor([0.3])
    zero = Filter(x.new_zeros(2, 2), bias)
    lab.claim(
        "W = 0 is a global minimum of both models", largest(forward(x, zero, pool).loss for pool in POOLS), equals=0
    )
    null = [Filter(x.new_tensor(w).view(2, 2), bias) for w in NULL]
    lab.claim(
        "average: filters of the null space cannot tell the data apart",
        largest(forward(x, f, "average").loss for f in null),
        at_most=1e-12,
    )
    lab.claim("average: dimensions of that null space", 4 - torch.linalg.matrix_rank(x.new_tensor(LINEAR)), equals=2)


def claim_default_stride(lab: Lab, x: Tensor, f: Filter) -> None:
    """PyTorch's pools move by their kernel unless told: one output where the sheet has two."""
    y = forward(x, f, "max").y
    pools: tuple[Callable[..., torch.nn.Module], ...] = torch.nn.AvgPool1d, torch.nn.MaxPool1d
    made = {
        stride: [pool(2, **stride_given)(y[:, None]).shape[2] for pool in pools]
        for stride, stride_given in (("1", {"stride": 1}), ("default", {}))
    }
    lab.claim("outputs of a pool with stride 1", largest(made["1"]), equals=2)
    lab.claim("outputs of a pool with PyTorch's default stride", largest(made["default"]), equals=1)
