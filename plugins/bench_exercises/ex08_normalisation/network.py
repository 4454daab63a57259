"""Deep networks with and without batch norm; all members of a sweep are trained at once.

The weights of R networks are stacked in front, (R, out, in), so that one batched product serves all of them; examples
are columns, so that a batch norm of R networks is one call that normalises along the last axis.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn import functional as F

from .by_hand import EPS
from .problem import BATCH, INPUTS, examples

CAP = 10.0
"""A loss above this, or one that is not a number, has diverged; it is recorded as this."""
ACTIVATIONS = {"sigmoid": torch.sigmoid, "ReLU": torch.relu}


@dataclass(frozen=True, slots=True)
class Design:
    """``depth`` hidden layers of ``width`` units, with or without batch norm before the activation."""

    normed: bool
    activation: str
    depth: int = 8
    width: int = 32

    def __post_init__(self) -> None:
        if min(self.depth, self.width) < 1:
            raise ValueError(f"depth={self.depth} and width={self.width} must be at least 1")
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"activation={self.activation!r} is none of {', '.join(ACTIVATIONS)}")


@dataclass(slots=True)
class Networks:
    """R networks of one design: W (R, out, in), γ and β (R, out, 1) of each layer; without a norm, β is the bias."""

    design: Design
    weights: list[Tensor]
    scales: list[Tensor]
    shifts: list[Tensor]

    @classmethod
    def draw(cls, design: Design, gains: Tensor, seeds: int, stream: torch.Generator) -> Networks:
        """For each of ``seeds`` draws one network per gain (V,), in this order: R = seeds · V.

        Weights are normal with variance gain² / in; the networks of one draw differ in the gain alone.
        """
        sizes = [INPUTS, *[design.width] * design.depth, 1]
        weights, scales, shifts = [], [], []
        for inputs, outputs in pairwise(sizes):
            drawn = torch.randn(seeds, 1, outputs, inputs, generator=stream).to(gains) / inputs**0.5
            weights.append((gains[:, None, None] * drawn).flatten(0, 1).requires_grad_())
            count = len(weights[0])
            scales.append(gains.new_ones(count, outputs, 1).requires_grad_())
            shifts.append(gains.new_zeros(count, outputs, 1).requires_grad_())
        return cls(design, weights, scales, shifts)

    @property
    def parameters(self) -> list[Tensor]:
        return self.weights + self.shifts + (self.scales[:-1] if self.design.normed else [])

    def layers(self, x: Tensor) -> list[Tensor]:
        """What each hidden layer gives its activation, and the logits last; x (batch, INPUTS), each (R, out, batch)."""
        hidden, outputs = x.T.expand(len(self.weights[0]), -1, -1), []
        for weight, scale, shift in zip(self.weights[:-1], self.scales, self.shifts, strict=False):
            z = weight @ hidden
            outputs.append((along_batch(z) * scale if self.design.normed else z) + shift)
            hidden = ACTIVATIONS[self.design.activation](outputs[-1])
        return [*outputs, self.weights[-1] @ hidden + self.shifts[-1]]

    def losses(self, x: Tensor, y: Tensor) -> Tensor:
        """The mean cross-entropy of each network on one batch, (R,)."""
        logits = self.layers(x)[-1][:, 0]
        return F.binary_cross_entropy_with_logits(logits, y.expand_as(logits), reduction="none").mean(1)

    def step(self, x: Tensor, y: Tensor, rates: Tensor) -> Tensor:
        """One step of SGD with a rate for each network (R,); gives the losses before it."""
        losses = self.losses(x, y)
        gradients = torch.autograd.grad(losses.sum(), self.parameters)
        with torch.no_grad():
            for parameter, gradient in zip(self.parameters, gradients, strict=True):
                parameter -= rates[:, None, None] * gradient
        return losses.detach()


def along_batch(z: Tensor) -> Tensor:
    """x̂ of batch norm for z (R, out, batch): a layer norm whose features are the examples."""
    return F.layer_norm(z, z.shape[-1:], eps=EPS)


def train(networks: Networks, rates: Tensor, steps: Iterable[int], stream: torch.Generator) -> Tensor:
    """Fresh examples at every step, the same for all networks; gives the losses (steps, R), at most ``CAP``."""
    losses = [networks.step(*examples(BATCH, stream, rates), rates) for _ in steps]
    return torch.stack(losses).nan_to_num(CAP).clamp(max=CAP)


def final(losses: Tensor, share: float = 0.125) -> Tensor:
    """The mean of the last eighth of a training (R,)."""
    return losses[-max(1, round(share * len(losses))) :].mean(0)
