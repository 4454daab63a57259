"""What one training step does: it trains one member of the ensemble, and the weights are shared by all."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import cross_entropy, cross_entropy_backward, linear, linear_backward
from bench.kit.compare import max_error

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
    lab.metric("the mean step and the step of the whole network: largest difference", (expected - whole).abs().max())
    with_momentum(lab, head.weight, gradients[int(masks.sum(1).argmax())])


def with_momentum(lab: Lab, start: Tensor, whole: Tensor, rate: float = 0.5, momentum: float = 0.9) -> None:
    """A step of the whole network, and one of the member that has no units: its gradient is 0, its step is not."""
    weight = torch.nn.Parameter(start.clone())
    optimiser = torch.optim.SGD([weight], lr=rate, momentum=momentum)
    for gradient in (whole, torch.zeros_like(whole)):
        before, weight.grad = weight.detach().clone(), gradient.clone()
        optimiser.step()
    off = max_error(weight.detach() - before, -rate * momentum * whole)
    lab.claim("with momentum a gradient of 0 moves weights by what the last step left, off by", off, at_most=EXACT)
