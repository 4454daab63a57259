"""Five ways to compute one number exactly: the mean of all 2ⁿ sub-networks' probabilities, P(m) = 2⁻ⁿ.

All give (batch, classes). For one example and class the loop and the products multiply n 2ⁿ times; the other two
multiply n times, and then pass from mask to mask by adding or taking off one unit's share h_j W_j.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from bench import Lab

from .problem import Head, every_mask, gray_flips

FRESH = 4


def one_by_one(head: Head) -> Tensor:
    """A forward pass for each mask."""
    total = torch.zeros_like(head.hidden @ head.weight)
    masks = every_mask(head.units, head.hidden)
    for mask in masks:
        total += ((mask * head.hidden) @ head.weight + head.bias).softmax(-1)
    return total / len(masks)


def batched(head: Head) -> Tensor:
    """A batched product over masked inputs (2ⁿ, batch, n), as one would write it first."""
    masks = every_mask(head.units, head.hidden)
    return ((masks[:, None, :] * head.hidden) @ head.weight + head.bias).softmax(-1).mean(0)


def one_product(head: Head) -> Tensor:
    """The masks times all shares: (2ⁿ, n) by (n, batch · classes), one matrix product."""
    shares = (head.hidden.T[:, :, None] * head.weight[:, None, :]).flatten(1)
    logits = every_mask(head.units, head.hidden) @ shares
    return (logits.unflatten(1, (len(head.hidden), -1)) + head.bias).softmax(-1).mean(0)


def gray_code(head: Head) -> Tensor:
    """Neighbouring masks differ in one unit: one addition of (batch, classes) for each.

    Rounding errors would add up over 2ⁿ steps, so one mask in 2^FRESH is summed afresh.
    """
    shares = head.hidden.T[:, :, None] * head.weight[:, None, :]
    logits = head.bias.expand_as(shares[0]).clone()
    total, kept = logits.softmax(-1), set[int]()
    for unit in gray_flips(head.units):
        sign = -1 if unit in kept else 1
        kept ^= {unit}
        logits = head.bias + shares[list(kept)].sum(0) if unit >= FRESH else logits.add_(shares[unit], alpha=sign)
        total += logits.softmax(-1)
    return total / 2**head.units


def doubling(head: Head) -> Tensor:
    """The masks of j + 1 units are those of j, without and with the new one: n additions of ever larger tables."""
    logits = head.bias.expand(1, len(head.hidden), -1)
    for share in head.hidden.T[:, :, None] * head.weight[:, None, :]:
        logits = torch.cat([logits, logits + share])
    return logits.softmax(-1).mean(0)


WAYS = {
    "one mask after another": one_by_one,
    "batched": batched,
    "one matrix product": one_product,
    "Gray code": gray_code,
    "doubling": doubling,
}


Variants = dict[str, Callable[[], Tensor]]


def variants(lab: Lab, units: int) -> Variants:
    head = Head.draw(lab, units=units, batch=32, classes=10)
    return {name: partial(way, head) for name, way in WAYS.items()}
