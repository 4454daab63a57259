"""10c: how low each loss can get when the outputs are log-probabilities, and where; in float64."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error

from .c_losses import CLASSES, KINDS, gaussian, gaussian_optimum
from .c_targets import after_log_softmax, value_and_slope
from .checks import EXACT

GAUSSIAN = "GaussianNLL"
NOT_OBVIOUS = ("MultiLabelSoftMargin", "PoissonNLL", GAUSSIAN)
"""The other three are sums of terms that are never negative: to claim that they are not would claim nothing."""
STARTS, STEPS, RATE = 20, 300, 1.0


def study(lab: Lab, logits: Tensor, y: Tensor) -> None:
    """No log-probabilities get below the infima, and some come as near as you like."""
    x = logits.log_softmax(1)
    for name, kind in KINDS.items():
        if name in NOT_OBVIOUS:
            below = (kind.lowest - kind.formula(x, y)).max()
            lab.claim(f"{name} is never below {kind.lowest:.4g}: largest shortfall", below, at_most=EXACT)
        p = gaussian_optimum() if name == GAUSSIAN else 1 - 1e-9
        distance = max_error(float(kind.loss(sure_of(y, p, lab.dtype), y)), kind.lowest)
        lab.claim(f"{name} comes near it: distance", distance, at_most=1e-8)
    the_gaussian(lab, y)


def the_gaussian(lab: Lab, y: Tensor) -> None:
    """Its optimum where the rivals are equal, by bisection; and found by a minimisation that does not assume it."""
    best = gaussian_optimum()
    lab.metric("GaussianNLL: probability of the true class at the optimum", best)
    lab.metric("GaussianNLL: lowest value", KINDS[GAUSSIAN].lowest)
    _, slope = value_and_slope(after_log_softmax(gaussian), sure_of(y, best, lab.dtype), y)
    lab.claim("GaussianNLL: largest gradient at the optimum", slope.abs().max(), at_most=EXACT)
    p = minimised(lab)
    lab.claim(
        "GaussianNLL minimised from random logits: probability of the truth, distance from that optimum",
        max_error(p[:, 0], torch.full_like(p[:, 0], best)),
        at_most=1e-9,
    )
    rivals = p[:, 1:]
    lab.claim(
        "GaussianNLL minimised from random logits: largest difference of two rivals",
        max_error(rivals, rivals.mean(1, keepdim=True).expand_as(rivals)),
        at_most=1e-9,
    )


def minimised(lab: Lab) -> Tensor:
    """Probabilities (starts, 10), the truth first, where gradient descent on free logits ends."""
    z = (2 * torch.randn(STARTS, CLASSES, generator=lab.generator())).to(lab.device, lab.dtype)
    truth = torch.zeros(STARTS, dtype=torch.int64, device=lab.device)
    for _ in range(STEPS):
        z = z - RATE * value_and_slope(after_log_softmax(gaussian), z, truth)[1]
    return z.softmax(1)


def sure_of(y: Tensor, p: float, dtype: torch.dtype) -> Tensor:
    """Log-probabilities (N, 10): p for the true class, the rest shared equally."""
    rest = torch.full((len(y), CLASSES), (1 - p) / (CLASSES - 1), dtype=dtype, device=y.device)
    return rest.scatter(1, y[:, None], p).log()
