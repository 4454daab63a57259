"""What the claims measure: the exponent of a power law."""

from __future__ import annotations

from collections.abc import Sequence

import torch


def slope(x: Sequence[float], y: Sequence[float]) -> float:
    """Least-squares slope of log y over log x."""
    log_x, log_y = (torch.tensor(values, dtype=torch.float64).log() for values in (x, y))
    centred = log_x - log_x.mean()
    return float((centred * log_y).sum() / centred.square().sum())
