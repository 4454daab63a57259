"""What one training step does: it trains one member of the ensemble, and the weights are shared by all."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import cross_entropy, cross_entropy_backward, linear, linear_backward

from . import by_hand, reference
from .problem import EXACT, Head, every_mask, probabilities


def member_gradients(head: Head, labels: Tensor) -> Tensor:
    """dL/dW of every member by hand, (2ⁿ, n, classes): one forward and backward pass for each mask."""
    return torch.stack([member_gradient(head, mask, labels) for mask in every_mask(head.units, head.hidden)])


def member_gradient(head: Head, mask: Tensor, labels: Tensor) -> Tensor:
    """dW = (m ⊙ h)ᵀ (y - target) / batch: row j is zero where unit j is dropped."""
    logits, layer = linear(mask * head.hidden, head.weight.T, head.bias)
    _, loss = cross_entropy(logits, labels)
    (dlogits,) = cross_entropy_backward(1.0, loss)
    return linear_backward(dlogits, layer)[1].T


def study(lab: Lab, units: int) -> None:
    head = Head.draw(lab, units=units)
    labels = torch.arange(len(head.hidden), device=lab.device) % len(head.bias)
    gradients, masks = member_gradients(head, labels), every_mask(units, head.hidden)
    others = gradients[masks == 0].abs().max()
    lab.claim("a step leaves the weights of dropped units alone", others, equals=0)
    chance = probabilities(masks, 0.5)
    expected = by_hand.average(gradients, chance)
    error = (expected - reference.gradient_of_mean_loss(head, labels, 0.5)).abs().max()
    lab.claim("the mean step over all masks = the step on the members' mean loss", error, at_most=EXACT)
    shared = masks.sum(0)
    lab.claim(
        "every unit's weights are shared by half of all members", (shared - 2 ** (units - 1)).abs().max(), equals=0
    )
    whole = member_gradient(head, torch.ones_like(masks[0]), labels)
    lab.claim("control: it is not the step of the whole network", (expected - whole).abs().max(), at_least=1e-3)
