"""How good probabilities are, whatever loss they were trained with: held against what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import max_error

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Examples of about equal confidence: how many, how sure the network is of its answers, and how often right."""

    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """``error`` is the expected calibration error, ``p_true`` the mean probability of the true class, ``brier`` the
    mean of Σ(p - one-hot)²: 0 is perfect, 0.9 that of ten equal probabilities."""

    accuracy: float
    error: float
    confidence: float
    p_true: float
    brier: float


def reliability(p: Tensor, y: Tensor, bins: int = BINS) -> list[Bin]:
    """Bins of equal width in the confidence, the highest of the probabilities p (N, K); empty ones are left out."""
    confidence, answer = p.max(1)
    place = (confidence * bins).long().clamp(max=bins - 1)
    right = (answer == y).double()
    return [
        Bin(int(inside.sum()), float(confidence[inside].mean()), float(right[inside].mean()))
        for inside in (place == i for i in range(bins))
        if inside.any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Σ n_b/N |accuracy - confidence| (Guo, Pleiss, Sun & Weinberger, ICML 2017, equation 3)."""
    total = sum(b.count for b in bins)
    return sum(b.count / total * abs(b.accuracy - b.confidence) for b in bins)


def quality(p: Tensor, y: Tensor) -> Quality:
    """Of probabilities p (N, K) and classes y (N,)."""
    target = F.one_hot(y, p.shape[1])
    return Quality(
        accuracy=float((p.argmax(1) == y).double().mean()),
        error=calibration_error(reliability(p, y)),
        confidence=float(p.amax(1).mean()),
        p_true=float(p.gather(1, y[:, None]).mean()),
        brier=float((p - target).square().sum(1).mean()),
    )


PAPER = (
    torch.tensor([[0.95, 0.05], [0.91, 0.09], [0.45, 0.55], [0.4, 0.6]], dtype=torch.float64),
    torch.tensor([0, 1, 1, 1]),
)
"""Four examples of two classes, that can be worked out on paper."""
WORKED_OUT = Quality(
    accuracy=0.75,
    # [0.9, 1): one of two is right, at a confidence of 0.93; the others are right at 0.55 and at 0.6.
    error=(2 * 0.43 + 0.45 + 0.4) / 4,
    confidence=(0.95 + 0.91 + 0.55 + 0.6) / 4,
    p_true=(0.95 + 0.09 + 0.55 + 0.6) / 4,
    brier=2 * (0.05**2 + 0.91**2 + 0.45**2 + 0.4**2) / 4,
)


def study(lab: Lab) -> None:
    """What c.trained reports, held against four examples worked out on paper."""
    found, expected = (torch.tensor(astuple(q), dtype=torch.float64) for q in (quality(*PAPER), WORKED_OUT))
    lab.claim(
        "accuracy, calibration and Brier score of four examples = on paper", max_error(found, expected), at_most=1e-12
    )
