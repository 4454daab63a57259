"""10d, broken: the classic mistakes with one output and two, each of which fails a claim."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error

from .d_twins import as_one, wrongly_trained
from .network import one_output_loss

COST, PROBABILITY = "CE(z₀, z₁) = BCE(z₁ - z₀)", "softmax(z₀, z₁)₁ = σ(z₁ - z₀)"
GRADIENT, DECISION = "gradient of CE = [-g, g], g that of BCE", "argmax of two = sign of one: decisions that differ"


def study(lab: Lab, z: Tensor, y: Tensor) -> None:
    d, t = z[:, 1] - z[:, 0], y.to(z.dtype)
    right, g = F.cross_entropy(z, y), (d.sigmoid() - t) / len(d)
    both = torch.stack([-g, g], 1)
    momentum, decay = as_one("momentum 0.9"), as_one("weight decay 0.1")
    mistakes = (
        Mistake(name="z₀ - z₁ for z₁ - z₀", fails=PROBABILITY, value=max_error((-d).sigmoid(), z.softmax(1)[:, 1])),
        Mistake(
            name="a softmax over the one output", fails=COST, value=max_error(-d[:, None].log_softmax(1).mean(), right)
        ),
        Mistake(
            name="a sigmoid before the loss with logits",
            fails=COST,
            value=max_error(one_output_loss(d.sigmoid(), y), right),
        ),
        Mistake(
            name="1 for the digits that are no zero", fails=COST, value=max_error(one_output_loss(d, 1 - y), right)
        ),
        Mistake(name="no gradient for z₀", fails=GRADIENT, value=max_error(torch.stack([0 * g, g], 1), both)),
        Mistake(name="a logit is held against ½", fails=DECISION, value=float(((d > 0.5) != (d > 0)).sum())),
        Mistake(name="η for 2η", fails=momentum, value=wrongly_trained(lab, "momentum 0.9", last=1.0)),
        Mistake(
            name="2η, and all of the weight decay",
            fails=decay,
            value=wrongly_trained(lab, "weight decay 0.1", last=2.0, undivided=True),
        ),
    )
    break_it(lab, *mistakes)
