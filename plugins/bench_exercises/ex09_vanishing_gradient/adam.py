"""Adam on one vector, in place. It works element by element, so K networks in one vector get K separate Adams."""

import torch
from torch import Tensor

from .models import RATE

BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
"""PyTorch's defaults."""


class Adam:
    """m ← β₁ m + (1 - β₁) g, v ← β₂ v + (1 - β₂) g², θ ← θ - η m̂ / (√v̂ + ε), with m̂ = m / (1 - β₁ᵗ) and v̂ likewise.

    ``theta`` and ``gradient`` are 1-D and shared with whoever computes the gradient
    (Kingma & Ba 2015, "Adam", algorithm 1).
    """

    def __init__(self, theta: Tensor, gradient: Tensor, rate: float = RATE) -> None:
        self.theta, self.gradient, self.rate = theta, gradient, rate
        self.mean, self.square = torch.zeros_like(theta), torch.zeros_like(theta)
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        self.mean.lerp_(self.gradient, 1 - BETA1)
        self.square.mul_(BETA2).addcmul_(self.gradient, self.gradient, value=1 - BETA2)
        root = self.square.sqrt().mul_((1 - BETA2**self.steps) ** -0.5).add_(EPS)
        self.theta.addcdiv_(self.mean, root, value=-self.rate / (1 - BETA1**self.steps))
