"""Adam by hand: Kingma & Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1."""

from __future__ import annotations

import torch
from torch import Tensor

RATE = 1e-3
BETA1, BETA2 = 0.9, 0.999
EPSILON = 1e-8


class Adam:
    """Updates the vector ``theta`` in place; ``m`` and ``v`` are the moments, ``t`` counts the steps."""

    def __init__(self, theta: Tensor) -> None:
        self.theta = theta
        self.m, self.v = torch.zeros_like(theta), torch.zeros_like(theta)
        self.t = 0

    def step(self, g: Tensor) -> None:
        """One step along the gradient ``g``. As in the paper and in torch, ``EPSILON`` is added outside of the root."""
        self.t += 1
        self.m = BETA1 * self.m + (1 - BETA1) * g
        self.v = BETA2 * self.v + (1 - BETA2) * g * g
        m_hat = self.m / (1 - BETA1**self.t)
        v_hat = self.v / (1 - BETA2**self.t)
        self.theta -= RATE * m_hat / (v_hat.sqrt() + EPSILON)
