"""5a, the classic mistakes: each computed as it would be made, and held against the claim that it should fail."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Mistake
from bench.kit.byhand import log_softmax

from . import by_hand
from .problem import Head

CLAIM = "2^6 masks: geometric mean = weight scaling"


def mistakes(head: Head, keep: float) -> tuple[Mistake, ...]:
    """``keep`` is not 1/2, or p for q would be none."""
    return (*of_scaling(head, keep), *of_the_mean(head, keep))


def of_scaling(head: Head, keep: float) -> tuple[Mistake, ...]:
    """The one network is wrong."""
    h, w, b = head.hidden, head.weight, head.bias
    members = by_hand.geometric(by_hand.every_member(head, keep))
    wrong = {
        "missing factor: nothing is scaled at test time": h @ w + b,
        "factor: 1/q for q": h @ w / keep + b,
        "factor: p for q": (1 - keep) * h @ w + b,
        "order: the bias is scaled too": keep * (h @ w + b),
        "twice: inverted dropout, and scaled again": keep * (h @ w) * keep + b,
    }
    return tuple(mistake(name, log_softmax(logits)[0], members) for name, logits in wrong.items())


def of_the_mean(head: Head, keep: float) -> tuple[Mistake, ...]:
    """The ensemble is wrong."""
    members, scaled = by_hand.every_member(head, keep), by_hand.weight_scaled(head, keep)
    logarithms, chance = members
    equal = torch.full_like(chance, 1 / len(chance))
    without_empty = by_hand.Members(logarithms[1:], chance[1:] / chance[1:].sum())
    wrong = {
        "another mean: arithmetic for geometric": by_hand.arithmetic(members),
        "missing term: not normalised by Z": by_hand.average(logarithms, chance),
        "axis: normalised over the examples": by_hand.average(logarithms, chance).log_softmax(0),
        "constant: all masks equally likely": by_hand.geometric(by_hand.Members(logarithms, equal)),
        "off by one: the empty mask left out": by_hand.geometric(without_empty),
    }
    return tuple(mistake(name, found, scaled) for name, found in wrong.items())


def mistake(name: str, found: Tensor, expected: Tensor) -> Mistake:
    return Mistake(name=name, fails=CLAIM, value=by_hand.gap(found, expected))
