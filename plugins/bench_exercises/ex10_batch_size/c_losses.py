"""10c: six losses of one network that gives log-probabilities, each with the target that it takes.

Every loss is written three times: PyTorch's, the formula, and the gradient of the formula. ``x`` (N, K) are the
network's outputs, log-probabilities or, for an identity, logits; ``y`` (N,) the classes; all are means over N.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import torch
from torch import Tensor
from torch.nn import functional as F

Loss = Callable[[Tensor, Tensor], Tensor]
CLASSES = 10


def one_hot(x: Tensor, y: Tensor) -> Tensor:
    """1 at the class, 0 elsewhere, as numbers (N, K) of x's type."""
    return F.one_hot(y, x.shape[1]).to(x.dtype)


def class_lists(x: Tensor, y: Tensor) -> Tensor:
    """Each example's classes, one here, and then -1: int64 (N, K)."""
    lists = torch.full(x.shape, -1, dtype=torch.int64, device=y.device)
    lists[:, 0] = y
    return lists


def margins(x: Tensor, y: Tensor) -> Tensor:
    """max(0, 1 - x_y + x_k) for each k ≠ y, and 0 at k = y: (N, K)."""
    return (1 - x.gather(1, y[:, None]) + x).clamp(min=0) * (1 - one_hot(x, y))


def margin_slope(x: Tensor, y: Tensor) -> Tensor:
    """Each violated margin pulls x_k down and x_y up by 1/K."""
    violated = (margins(x, y) > 0).to(x.dtype)
    return (violated - one_hot(x, y) * violated.sum(1, keepdim=True)) / x.shape[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """``loss`` is PyTorch's on the right ``target``; ``formula`` gives it for each example (N,), ``slope`` the
    gradient of the formula with respect to x (N, K). ``uniform`` is its value where every class has probability 1/10,
    and ``lowest`` what no log-probabilities get below."""

    target: str
    loss: Loss
    formula: Loss
    slope: Loss
    uniform: float
    lowest: float


def gaussian(x: Tensor, y: Tensor) -> Tensor:
    """Variance 1 for every output: the squared error, halved."""
    return F.gaussian_nll_loss(x, one_hot(x, y), torch.ones_like(x))


def gaussian_of_probabilities(x: Tensor, y: Tensor) -> Tensor:
    """The mended form: the squared error of probabilities, a twentieth of the Brier score of ten classes."""
    return gaussian(x.exp(), y)


def one_hot_as_classes(x: Tensor, y: Tensor) -> Tensor:
    """The trap: one-hot rows of int64, which are read as a list of the classes 0 and 1."""
    return F.multilabel_margin_loss(x, F.one_hot(y, x.shape[1]))


def gaussian_of(p: float) -> float:
    """GaussianNLL where the true class has probability p, and the others share the rest equally."""
    return ((log(p) - 1) ** 2 + 9 * log((1 - p) / 9) ** 2) / 20


def gaussian_optimum() -> float:
    """The p that makes it least: (ln p - 1)/p = 9 ln((1 - p)/9)/(1 - p), by bisection."""
    low, high = 0.01, 0.9
    for _ in range(60):
        p = (low + high) / 2
        falls = (log(p) - 1) / p < 9 * log((1 - p) / 9) / (1 - p)
        low, high = (p, high) if falls else (low, p)
    return p


KINDS: dict[str, Kind] = {
    "NLL": Kind(
        target="class index, int64 (N,)",
        loss=F.nll_loss,
        formula=lambda x, y: -(one_hot(x, y) * x).sum(1),
        slope=lambda x, y: -one_hot(x, y),
        uniform=log(10),
        lowest=0,
    ),
    "MultiLabelSoftMargin": Kind(
        target="one-hot, float (N, 10)",
        loss=lambda x, y: F.multilabel_soft_margin_loss(x, one_hot(x, y)),
        formula=lambda x, y: (F.softplus(x) - one_hot(x, y) * x).mean(1),
        slope=lambda x, y: (x.sigmoid() - one_hot(x, y)) / x.shape[1],
        uniform=(log(11) + 9 * log(1.1)) / 10,
        lowest=log(2) / 10,
    ),
    "MultiMargin": Kind(
        target="class index, int64 (N,)",
        loss=F.multi_margin_loss,
        formula=lambda x, y: margins(x, y).mean(1),
        slope=margin_slope,
        uniform=0.9,
        lowest=0,
    ),
    "PoissonNLL": Kind(
        target="one-hot, float (N, 10); log_input=True",
        loss=lambda x, y: F.poisson_nll_loss(x, one_hot(x, y), log_input=True),
        formula=lambda x, y: (x.exp() - one_hot(x, y) * x).mean(1),
        slope=lambda x, y: (x.exp() - one_hot(x, y)) / x.shape[1],
        uniform=(1 + log(10)) / 10,
        lowest=0.1,
    ),
    "GaussianNLL": Kind(
        target="one-hot, float (N, 10), and a variance of ones",
        loss=gaussian,
        formula=lambda x, y: (x - one_hot(x, y)).square().mean(1) / 2,
        slope=lambda x, y: (x - one_hot(x, y)) / x.shape[1],
        uniform=gaussian_of(0.1),
        lowest=gaussian_of(gaussian_optimum()),
    ),
    "MultiLabelMargin": Kind(
        target="classes, then -1; int64 (N, 10)",
        loss=lambda x, y: F.multilabel_margin_loss(x, class_lists(x, y)),
        formula=lambda x, y: margins(x, y).mean(1),
        slope=margin_slope,
        uniform=0.9,
        lowest=0,
    ),
}
YARDSTICK = "NLL"
