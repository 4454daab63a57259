"""The problem: a softmax layer over n hidden units, each of which dropout may remove."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab


@dataclass(frozen=True, slots=True)
class Head:
    """The last layer of a network: z = (m ⊙ h) W + b, then softmax.

    Shapes: ``hidden`` h (batch, n), ``weight`` W (n, classes), ``bias`` b (classes). Raises ``ValueError`` where these
    do not belong together.
    """

    hidden: Tensor
    weight: Tensor
    bias: Tensor

    def __post_init__(self) -> None:
        h, w, b = (tuple(tensor.shape) for tensor in (self.hidden, self.weight, self.bias))
        if len(h) != 2 or len(w) != 2 or h[1] != w[0] or b != w[1:]:
            raise ValueError(f"hidden {h}, weight {w} and bias {b} must be (batch, n), (n, classes) and (classes)")

    @classmethod
    def draw(cls, lab: Lab, *, units: int, batch: int = 5, classes: int = 4) -> Head:
        """Standard normal h, W and b: weights large enough for the members to disagree."""
        stream = lab.generator()
        shapes = ((batch, units), (units, classes), (classes,))
        return cls(*(torch.randn(shape, generator=stream).to(lab.device, lab.dtype) for shape in shapes))

    @property
    def units(self) -> int:
        return len(self.weight)
