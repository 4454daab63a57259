"""8b: what the variance shift comes to at test, where every batch norm divides by what it has learned.

In training each norm brings the total back to 1. In evaluation the first norm behind a dropout divides by too large a
variance, so that the next one meets values that are too small as well as free of noise.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import dropout

DRAWS = 2
Weights = list[tuple[Tensor, Tensor]]
Statistics = list[tuple[Tensor, Tensor]]
"""Running mean and variance (C,) of each batch norm."""
Keep = Callable[[Tensor], Tensor]


def learned_over_met(weights: Weights, x: Tensor, p: float, stream: torch.Generator) -> list[float]:
    """Of each norm, Σ over channels: the variance learned under Dropout2d, over the one met on the same x at test."""
    statistics = [(w.new_zeros(len(w)), w.new_ones(len(w))) for w, _ in weights[1::2]]
    for seen in range(1, DRAWS + 1):
        passed(weights, x, statistics, keep=dropping(p, stream), momentum=1 / seen)
    met = passed(weights, x, statistics)
    return [float(variance.sum() / found.sum()) for (_, variance), found in zip(statistics, met, strict=True)]


def passed(
    weights: Weights, x: Tensor, statistics: Statistics, *, keep: Keep | None = None, momentum: float = 0.0
) -> list[Tensor]:
    """What each norm meets; with ``keep``, in training: statistics move, and maps are dropped."""
    met = []
    for k, (w, b) in enumerate(weights):
        x = F.conv2d(x, w, b, padding=1).relu()
        if k % 2 == 0:
            continue
        x = F.max_pool2d(x, 2)
        met.append(x.var((0, 2, 3)))
        x = F.batch_norm(x, *statistics[k // 2], training=keep is not None, momentum=momentum)
        x = x if keep is None else keep(x)
    return met


def dropping(p: float, stream: torch.Generator) -> Keep:
    def keep(x: Tensor) -> Tensor:
        masks = (torch.rand((*x.shape[:2], 1, 1), generator=stream) >= p).to(x)
        return dropout(x, masks.expand_as(x), p)[0]

    return keep


def report(lab: Lab, ratios: list[float], in_training: list[float]) -> None:
    """``in_training``: at each norm, the variance with dropout over that without."""
    first, second, third = ratios
    lab.metric("blocks, at test: variance learned over met, block 2", second)
    lab.metric("blocks, at test: variance learned over met, block 3", third)
    lab.claim("blocks, at test: before any dropout learned over met, off 1 by", abs(first - 1), at_most=1e-12)
    lab.claim("blocks, at test: block 3's learned over met, over block 2's", third / second, at_least=1.1)
    product = in_training[1] * in_training[2]
    lab.claim(
        "blocks, at test: block 3's over the product of both in training, off 1 by",
        abs(third / product - 1),
        at_most=0.15,
    )
