"""Penalties on weights, for ``Recipe.penalty``.

Both count every parameter that has at least two dimensions: the weights of linear layers and convolutions. Biases and
the scales and shifts of normalisations are left alone (Goodfellow, Bengio & Courville, *Deep Learning*, 2016, §7.1).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn


def weights(net: nn.Module) -> list[Tensor]:
    """What is penalised."""
    return [p for p in net.parameters() if p.ndim >= 2]


def l1(strength: float) -> Callable[[nn.Module], Tensor]:
    """λ Σ|w|: a sum, not a mean. Its gradient is λ sign(w), of one size whatever the weight."""

    def penalty(net: nn.Module) -> Tensor:
        return strength * torch.stack([w.abs().sum() for w in weights(net)]).sum()

    return penalty


def l2(strength: float) -> Callable[[nn.Module], Tensor]:
    """½ λ Σw²: its gradient is λ w, what ``weight_decay=λ`` adds in plain SGD."""

    def penalty(net: nn.Module) -> Tensor:
        return strength / 2 * torch.stack([w.square().sum() for w in weights(net)]).sum()

    return penalty
