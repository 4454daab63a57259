"""Ways through a network that is one matrix."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Lab

Variants = dict[str, Callable[[], Tensor]]


def variants(lab: Lab, width: int, features: int, batch: int) -> Variants:
    """A batch (batch, features) through two layers with ``width`` units between."""
    if min(width, features, batch) < 1:
        raise ValueError(f"width={width}, features={features}, batch={batch}: all must be at least 1")
    stream = lab.generator()

    def normal(rows: int, columns: int) -> Tensor:
        return (torch.randn(rows, columns, generator=stream) / columns**0.5).to(lab.device, lab.dtype)

    x, first, second = normal(batch, features), normal(features, width), normal(width, features)
    whole = first @ second
    return {
        "layer after layer": lambda: (x @ first) @ second,
        "one matrix, folded before": lambda: x @ whole,
        "one matrix, folded each time": lambda: x @ (first @ second),
        "multi_dot": lambda: torch.linalg.multi_dot((x, first, second)),
    }
