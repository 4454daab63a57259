"""10d: equal in exact arithmetic, the two trainings are driven apart by rounding. How fast, in float32 and float64?"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import by_rounding, largest, nudged, smallest
from bench.kit.data import mnist
from bench.kit.training import seeded

from .d_twins import twin_optimizer
from .network import Binary, as_problem, binary, merged, one_logit, two_class_loss
from .problem import RATES, Digits, Feed, is_zero

TWIN, STRANGER, NUDGED = "one output at 2η", "another seed", "nudged"
DTYPES = {"float32": torch.float32, "float64": torch.float64}
BATCH, LOOKED_AT = 8, 20


def study(lab: Lab) -> None:
    for name, dtype in DTYPES.items():
        gaps = apart_by_step(lab, dtype)
        # What a hundred roundings of every weight may do to these steps, measured by larger changes of the weights.
        allowed = [by_rounding(gap, dtype) for gap in gaps[NUDGED]]
        twin, stranger = (largest_ratio(gaps[who], allowed) for who in (TWIN, STRANGER))
        lab.claim(
            f"{name}: logits of two outputs and their twin, gap over what rounding may do: largest",
            largest(twin),
            at_most=1,
        )
        lab.claim(
            f"{name}: logits of another seed, gap over what rounding may do: smallest", smallest(stranger), at_least=10
        )
        lab.metric(f"{name}: gap of the twin's logits after the last of these steps", gaps[TWIN][-1])
        charted(lab, name, dtype, gaps)


def largest_ratio(gaps: list[float], allowed: list[float]) -> list[float]:
    return [gap / bound for gap, bound in zip(gaps, allowed, strict=True)]


def charted(lab: Lab, name: str, dtype: torch.dtype, gaps: Mapping[str, list[float]]) -> None:
    axes: dict[str, Any] = {
        "x_label": "update",
        "y_label": "largest difference of a logit",
        "scale": "log-y",
        "kind": "course",
    }
    # A gap of exactly zero has no logarithm.
    for who in (TWIN, STRANGER) if name == "float32" else (TWIN,):
        shown = [max(gap, torch.finfo(dtype).eps) for gap in gaps[who]]
        lab.curve("how far from the two outputs", range(1, len(shown) + 1), shown, series=f"{who}, {name}", **axes)


def apart_by_step(lab: Lab, dtype: torch.dtype) -> dict[str, list[float]]:
    """After every update the largest difference of a logit, on some test digits, from the network of two outputs."""
    start = binary(2, lab.seed)
    near = deepcopy(start)
    near.load_state_dict(nudged(start.state_dict()))
    nets = {TWIN: merged(start), STRANGER: binary(2, lab.seed + 1), NUDGED: near}
    followed = partial(logits_by_step, lab, dtype)
    reference = followed(start, 1.0)
    found = {who: followed(net, 2.0 if who == TWIN else 1.0) for who, net in nets.items()}
    return {who: (logits - reference).abs().amax(1).tolist() for who, logits in found.items()}


def logits_by_step(lab: Lab, dtype: torch.dtype, start: Binary, last: float) -> Tensor:
    """The one logit of some test digits, (steps, digits), along a training by Adam from ``start``."""
    net = deepcopy(start)
    as_problem(net, lab.device, dtype)
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, dtype)
    feed = Feed.draw(digits, BATCH, 1, lab.seed)
    x, _ = digits.test(torch.arange(LOOKED_AT, device=lab.device))
    adam = twin_optimizer(net, torch.optim.Adam, RATES["adam"], last=last)
    rows = []
    with seeded(lab.seed, lab.device):
        # After about a hundred updates a nudged network is as far away as a stranger, and what it went through can no
        # longer be scaled down to a rounding.
        for step in range(lab.pick(smoke=4, quick=15, full=60)):
            images, labels = feed.train(step)
            adam.zero_grad()
            two_class_loss(net.train()(images), is_zero(labels)).backward()
            adam.step()
            with torch.no_grad():
                rows.append(one_logit(net.eval()(x)))
    return torch.stack(rows)
