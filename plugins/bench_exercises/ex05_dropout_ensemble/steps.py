"""What one training step does: it trains one member of the ensemble, and the weights are shared by all."""

from __future__ import annotations

import torch
from torch import Tensor

from bench.kit.byhand import cross_entropy, cross_entropy_backward, linear, linear_backward

from .ensemble import average
from .masks import every_mask, probabilities
from .problem import Head


def member_gradients(head: Head, labels: Tensor) -> Tensor:
    """dL/dW of every member by hand, (2ⁿ, n, classes): one forward and backward pass for each mask."""
    return torch.stack([member_gradient(head, mask, labels) for mask in every_mask(head.units, head.hidden)])


def member_gradient(head: Head, mask: Tensor, labels: Tensor) -> Tensor:
    """dW = (m ⊙ h)ᵀ (y - target) / batch: row j is zero where unit j is dropped."""
    logits, layer = linear(mask * head.hidden, head.weight.T, head.bias)
    _, loss = cross_entropy(logits, labels)
    (dlogits,) = cross_entropy_backward(1.0, loss)
    return linear_backward(dlogits, layer)[1].T


def gradient_of_mean_loss(head: Head, labels: Tensor, keep: float) -> Tensor:
    """d/dW of Σ P(m) L(m), by autograd through all members at once."""
    weight = head.weight.clone().requires_grad_()
    masks = every_mask(head.units, head.hidden)
    logits = (masks[:, None, :] * head.hidden) @ weight + head.bias
    losses = torch.stack([torch.nn.functional.cross_entropy(z, labels) for z in logits])
    return torch.autograd.grad(average(losses, probabilities(masks, keep)), weight)[0]
