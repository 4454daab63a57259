"""The ensemble of all sub-networks, by hand: its two means, and the one network that stands in for it.

Shapes: masks (K, n), weights of the members P (K), log-probabilities of the members (K, batch, classes).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand import log_softmax
from bench.kit.compare import max_error

from .problem import Head, every_mask, probabilities


class Members(NamedTuple):
    """What every sub-network says: ``log_probability`` (K, batch, classes), each with weight ``chance`` (K)."""

    log_probability: Tensor
    chance: Tensor


def every_member(head: Head, keep: float) -> Members:
    """All 2ⁿ of them."""
    masks = every_mask(head.units, head.hidden)
    return Members(outputs(head, masks), probabilities(masks, keep))


def outputs(head: Head, masks: Tensor) -> Tensor:
    """log y(m) = log softmax((m ⊙ h) W + b) for every mask."""
    logits = (masks[:, None, :] * head.hidden) @ head.weight + head.bias
    return log_softmax(logits)[0]


def weight_scaled(head: Head, keep: float) -> Tensor:
    """log softmax(h (q W) + b): nothing dropped, each weight times the chance that it is there."""
    return log_softmax(head.hidden @ (keep * head.weight) + head.bias)[0]


def average(values: Tensor, chance: Tensor) -> Tensor:
    """Σ P(m) v(m) over the first axis."""
    return torch.einsum("k,k...->...", chance, values)


def geometric(members: Members) -> Tensor:
    """log of g = Π y(m)^P(m) / Z: the logarithms averaged, then made to sum to one again."""
    return log_softmax(average(*members))[0]


def normaliser(members: Members) -> Tensor:
    """log Z = log Σ_c Π y(m)_c^P(m), of each example: 0 where all members agree, else below."""
    return torch.logsumexp(average(*members), -1)


def arithmetic(members: Members) -> Tensor:
    """log of a = Σ P(m) y(m)."""
    return average(members.log_probability.exp(), members.chance).log()


def gap(found: Tensor, expected: Tensor) -> float:
    """The largest difference in probability between two tables of log-probabilities."""
    return max_error(found.exp(), expected.exp())


def mean_cross_entropy(head: Head, keep: float, labels: Tensor) -> Tensor:
    """Σ P(m) (-log y(m)) of each example: what a member loses on average."""
    log_probability, chance = every_member(head, keep)
    return -average(log_probability, chance).gather(1, labels[:, None])[:, 0]
