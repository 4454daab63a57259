"""8g: dropout on the maps of a convolution: single values (Dropout) or whole channels (Dropout2d)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import dropout

from .g_masks import channel_masks, entry_masks
from .g_neighbours import correlation, neighbours
from .problem import like

RATES = (0.5, 0.15)


def study(lab: Lab) -> None:
    zero = like(lab)
    shape = (lab.pick(smoke=600, quick=600, full=1000), 16, 6, 6)
    rows = []
    for p in RATES:
        stream, ones = lab.generator(), torch.ones(shape).to(zero)
        for name, draw in (("Dropout", entry_masks), ("Dropout2d", channel_masks)):
            y, _ = dropout(ones, draw(shape, p, stream, zero), p)
            rows.append({"layer": name, "rate p": p} | moments(y))
            claim_moments(lab, name, p, y)
    lab.table("Multipliers on maps of ones", rows)
    with_torch(lab, zero)
    neighbours(lab)


def moments(y: Tensor) -> dict[str, float]:
    return {
        "mean": float(y.mean()),
        "variance": float(y.var()),
        "correlation of neighbours": correlation(y[..., :-1], y[..., 1:]),
        "variance of a 3×3 mean": float(block_variance(y)),
    }


def block_variance(y: Tensor) -> Tensor:
    """Of the mean of 3 × 3 neighbours, in blocks that do not overlap."""
    return F.avg_pool2d(y, 3).var()


def claim_moments(lab: Lab, name: str, p: float, y: Tensor) -> None:
    """Bounds of four standard errors; a channel is one mask to Dropout2d, and 36 to Dropout."""
    variance, independent = p / (1 - p), y[..., 0, 0].numel() if name == "Dropout2d" else y.numel()
    expected = variance / 9 if name == "Dropout" else variance
    error = 4 * (variance / independent) ** 0.5
    lab.claim(f"{name}, p = {p}: mean off 1 by", abs(y.mean() - 1), at_most=error)
    off = abs(block_variance(y) / expected - 1)
    allowed = 0.04 if name == "Dropout" else 0.08
    lab.claim(f"{name}, p = {p}: variance of a 3×3 mean, off the formula by", off, at_most=allowed)
    alike = correlation(y[..., :-1], y[..., 1:])
    if name == "Dropout":
        lab.claim(f"Dropout, p = {p}: absolute correlation of neighbours", abs(alike), at_most=0.01)
    else:
        lab.claim(f"Dropout2d, p = {p}: correlation of neighbours off 1 by", abs(alike - 1), at_most=1e-9)
        lab.claim(f"Dropout2d, p = {p}: channels neither all 0 nor all kept", mixed(y, p), equals=0)


def mixed(y: Tensor, p: float) -> int:
    """How many channels are neither wholly dropped nor wholly 1 / (1 - p)."""
    flat = y.flatten(2)
    whole = (flat == 0).all(2) | ((flat - 1 / (1 - p)).abs() < 1e-12).all(2)
    return int((~whole).sum())


def with_torch(lab: Lab, like: Tensor) -> None:
    """torch's layers, on ones: the same two kinds of mask."""
    ones = torch.ones(200, 16, 6, 6).to(like)
    lab.claim("torch's Dropout2d drops whole channels: mixed ones", mixed(F.dropout2d(ones, 0.5), 0.5), equals=0)
    share = mixed(F.dropout(ones, 0.5), 0.5) / ones[..., 0, 0].numel()
    lab.claim("torch's Dropout mixes: share of channels", share, at_least=0.99)
