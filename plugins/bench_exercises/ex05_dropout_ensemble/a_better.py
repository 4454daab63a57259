"""5a: the ensemble is better than its members, by an amount known exactly."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab

from . import by_hand
from .problem import EXACT, Head


def study(lab: Lab, units: int) -> None:
    head = Head.draw(lab, units=units)
    labels = torch.arange(len(head.hidden), device=lab.device) % len(head.bias)
    alone = by_hand.mean_cross_entropy(head, 0.5, labels)
    members = by_hand.every_member(head, 0.5)
    together = -by_hand.weight_scaled(head, 0.5).gather(1, labels[:, None])[:, 0]
    log_z = by_hand.normaliser(members)
    gap = (alone - together + log_z).abs().max()
    lab.claim("mean loss of the members - loss of the ensemble = -log Z", gap, at_most=EXACT)
    apart = (divergences(members) + log_z).abs().max()
    lab.claim("-log Z = the members' mean divergence from the ensemble", apart, at_most=EXACT)
    lab.metric("the ensemble's advantage -log Z, least over the examples", -log_z.max(), "nats")
    lab.claim("members that agree gain nothing: -log Z without disagreement", agreement(head), at_most=EXACT)


def divergences(members: by_hand.Members) -> Tensor:
    """Σ P(m) KL(g ‖ y(m)) of each example, by PyTorch's divergence."""
    log_g = by_hand.geometric(members)
    each = torch.nn.functional.kl_div(
        members.log_probability, log_g.expand_as(members.log_probability), reduction="none", log_target=True
    )
    return by_hand.average(each.sum(-1), members.chance)


def agreement(head: Head) -> Tensor:
    """-log Z where W gives every class the same share, so that no mask changes the probabilities."""
    equal = Head(head.hidden, head.weight.mean(1, keepdim=True).expand_as(head.weight), head.bias)
    return by_hand.normaliser(by_hand.every_member(equal, 0.5)).abs().max()
