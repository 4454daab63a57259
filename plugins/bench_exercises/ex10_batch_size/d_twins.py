"""10d: one output whose last layer learns at 2η is the training of two outputs, step by step, in float64."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import torch

from bench import Lab

from .checks import EXACT, apart, descend, few_digits
from .network import Binary, binary, merged, two_class_loss
from .problem import RATES, is_zero

Maker = Callable[[list[dict[str, Any]]], torch.optim.Optimizer]


def twin_optimizer(
    net: Binary, make: Maker, rate: float, *, last: float = 1.0, decay: float = 0.0
) -> torch.optim.Optimizer:
    """The last layer learns ``last`` times as fast as the others, and decays ``last`` times less."""
    below = [p for name, p in net.named_parameters() if not name.startswith("layer4")]
    return make(
        [
            {"params": below, "lr": rate, "weight_decay": decay},
            {"params": [*net.last.parameters()], "lr": last * rate, "weight_decay": decay / last},
        ]
    )


TRAININGS: Mapping[str, tuple[Maker, float, float]] = {
    "momentum 0.9": (partial(torch.optim.SGD, momentum=0.9), 0.01, 0.0),
    "weight decay 0.1": (torch.optim.SGD, 0.01, 0.1),
    "Adam": (torch.optim.Adam, RATES["adam"], 0.0),
}
"""Optimizer, learning rate and weight decay."""


def as_one(name: str) -> str:
    """What is claimed of a training."""
    return f"{name}: two outputs train as one with 2η: largest difference of a weight"


def study(lab: Lab) -> None:
    for name, (make, rate, decay) in TRAININGS.items():
        start = binary(2, lab.seed).to(lab.device, lab.dtype)
        fast, slow = merged(start), merged(start)
        for net, last in ((start, 1.0), (fast, 2.0), (slow, 1.0)):
            trained(lab, net, twin_optimizer(net, make, rate, last=last, decay=decay))
        folded = merged(start)
        lab.claim(as_one(name), apart(folded, fast), at_most=EXACT)
        lab.claim(f"{name}: and not as one with η", apart(folded, slow), at_least=1e-6)


def trained(lab: Lab, net: Binary, optimizer: torch.optim.Optimizer) -> None:
    """Some steps in place, on the same few digits and with the masks of the lab's seed."""
    x, y = few_digits(lab)
    steps = lab.pick(smoke=3, quick=3, full=8)
    descend(net, optimizer, two_class_loss, x=x, y=is_zero(y), steps=steps, seed=lab.seed)


def wrongly_trained(lab: Lab, name: str, *, last: float, undivided: bool = False) -> float:
    """How far a twin ends from the two outputs whose last layer learns ``last`` times as fast, and whose weight decay
    may be that of two outputs there."""
    make, rate, decay = TRAININGS[name]
    start = binary(2, lab.seed).to(lab.device, lab.dtype)
    one = merged(start)
    trained(lab, start, twin_optimizer(start, make, rate, decay=decay))
    trained(lab, one, twin_optimizer(one, make, rate, last=last, decay=decay * (last if undivided else 1.0)))
    return float(apart(merged(start), one))
