"""10e: what a weight on the positives does to the best answer: it raises every logit by its logarithm."""

from __future__ import annotations

from math import log

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, max_error
from bench.kit.data import mnist

from .checks import EXACT

SLOPE = "weight w moves the best logit by ln w: largest slope there"
RISES = "fitted to real digits, every logit rises by ln w: largest difference"
EDGES = (0.02, 0.1, 0.3)
"""Between four cells of ink in the middle of a digit, where a zero has its hole."""


def weighted_loss(z: Tensor, y: Tensor, weight: float, reduction: str = "mean") -> Tensor:
    """Logits (N, 1) or (N,), classes (N,); each positive counts ``weight`` times."""
    z = z.reshape(-1)
    return F.binary_cross_entropy_with_logits(z, y.to(z.dtype), pos_weight=z.new_tensor(weight), reduction=reduction)


def study(lab: Lab) -> None:
    worst = largest(slope_at(lab, weight, log(weight)) for weight in (0.5, 3.0, 9.0))
    lab.claim(SLOPE, worst, at_most=EXACT)
    cell, zero = cells(lab)
    weight = float((~zero).sum() / zero.sum())
    plain, weighted = (fitted(cell, zero, w, lab.dtype) for w in (1.0, weight))
    share = torch.stack([zero[cell == c].to(lab.dtype).mean() for c in range(len(EDGES) + 1)])
    lab.claim(
        "fitted to real digits, probabilities are the shares of zeros", max_error(plain.sigmoid(), share), at_most=1e-9
    )
    lab.claim(RISES, max_error(weighted - plain, torch.full_like(plain, log(weight))), at_most=1e-9)
    lab.metric("ln of negatives/positives in the training set", log(weight))


def slope_at(lab: Lab, weight: float, raised: float) -> float:
    """-w q log σ(z) - (1 - q) log(1 - σ(z)) is least at z = logit q + log w: its largest slope at logit q + raised."""
    q = torch.linspace(0.01, 0.99, 99, device=lab.device, dtype=lab.dtype)
    z = (q.logit() + raised).requires_grad_()
    yes, no = (weighted_loss(z, y, weight, "none") for y in (torch.ones_like(z), torch.zeros_like(z)))
    return float(torch.autograd.grad((q * yes + (1 - q) * no).sum(), z)[0].abs().max())


def cells(lab: Lab) -> tuple[Tensor, Tensor]:
    """In which cell of ink a training digit lies (N,), and whether it is a zero, bool (N,)."""
    digits = lab.uses(mnist(lab.data)).train
    ink = digits.x.reshape(-1, 28, 28)[:, 12:16, 12:16].to(lab.device, lab.dtype).mean((1, 2)) / 255
    return torch.bucketize(ink, ink.new_tensor(EDGES)), (digits.y == 0).to(lab.device)


def fitted(cell: Tensor, zero: Tensor, weight: float, dtype: torch.dtype) -> Tensor:
    """The logits of the cells (4,) that cost least, by Newton's method: it does not know the formula."""
    z = torch.zeros(len(EDGES) + 1, device=zero.device, dtype=dtype)
    for _ in range(30):
        z = z.requires_grad_()
        cost = weighted_loss(z[cell], zero, weight)
        (slope,) = torch.autograd.grad(cost, z, create_graph=True)
        # Each cell has a logit of its own: the second derivatives of different ones are zero.
        (curvature,) = torch.autograd.grad(slope.sum(), z)
        # A step of at most 1, so that it does not leap over the minimum where the cost is nearly flat.
        z = (z - (slope / curvature).clamp(-1, 1)).detach()
    return z
