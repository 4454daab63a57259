"""An ensemble of k masks drawn at random: how fast it nears the ensemble of all."""

from __future__ import annotations

from typing import NamedTuple

import torch

from bench.kit.byhand import log_softmax

from .ensemble import arithmetic as arithmetic_mean
from .ensemble import average, every_member, geometric, outputs
from .masks import draw_masks
from .problem import Head


class Errors(NamedTuple):
    """Root mean square errors of k sampled members, over repetitions, examples and classes."""

    logits: float
    """Of the mean logits, which the square-root law describes exactly."""
    geometric: float
    arithmetic: float


def sampled_errors(head: Head, keep: float, *, members: int, repetitions: int, stream: torch.Generator) -> Errors:
    every = every_member(head, keep)
    masks = draw_masks((repetitions * members, head.units), keep, stream, head.hidden)
    log_probability = outputs(head, masks).unflatten(0, (repetitions, members))
    geometric_means = log_softmax(log_probability.mean(1))[0].exp()
    mean_masks = masks.unflatten(0, (repetitions, members)).mean(1)
    logits = ((mean_masks - keep)[:, None, :] * head.hidden) @ head.weight
    return Errors(
        root_mean_square(logits),
        root_mean_square(geometric_means - geometric(every).exp()),
        root_mean_square(log_probability.exp().mean(1) - arithmetic_mean(every).exp()),
    )


def predicted_logit_error(head: Head, keep: float, members: int) -> float:
    """√(q (1 - q) / k · mean_{i,c} Σ_j h_ij² W_jc²): the masks are independent, so their variances add."""
    variance = keep * (1 - keep) * (head.hidden.square() @ head.weight.square())
    return float((variance.mean() / members).sqrt())


def root_mean_square(values: torch.Tensor) -> float:
    return float(values.square().mean().sqrt())


def mean_cross_entropy(head: Head, keep: float, labels: torch.Tensor) -> torch.Tensor:
    """Σ P(m) (-log y(m)) of each example: what a member loses on average."""
    log_probability, chance = every_member(head, keep)
    return -average(log_probability, chance).gather(1, labels[:, None])[:, 0]
