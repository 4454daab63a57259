"""The mean loss of all members as PyTorch does it: by autograd, through all of them at once."""

from __future__ import annotations

import torch
from torch import Tensor

from .by_hand import average
from .problem import Head, every_mask, probabilities


def gradient_of_mean_loss(head: Head, labels: Tensor, keep: float) -> Tensor:
    """d/dW of Σ P(m) L(m), by autograd through all members at once."""
    weight = head.weight.clone().requires_grad_()
    masks = every_mask(head.units, head.hidden)
    logits = (masks[:, None, :] * head.hidden) @ weight + head.bias
    losses = torch.stack([torch.nn.functional.cross_entropy(z, labels) for z in logits])
    return torch.autograd.grad(average(losses, probabilities(masks, keep)), weight)[0]
