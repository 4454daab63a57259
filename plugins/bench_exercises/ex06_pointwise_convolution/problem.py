"""The problem: maps of M channels, a layer of N channels, and the gradient that arrives from above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from bench import Lab

EXACT = 1e-12
"""What claims of equality allow in float64."""
Variants = dict[str, Callable[[], Any]]
"""Of a comparison: calls by name, which give the output or all that ``reference`` gives."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One layer to evaluate and to differentiate.

    Shapes: ``maps`` H (batch, M, Y, X); ``weight`` W (N, M); ``bias`` b (N,); ``upstream`` D = dL/dZ (batch, N, Y, X).
    Raises ``ValueError`` where these do not belong together.
    """

    maps: Tensor
    weight: Tensor
    bias: Tensor
    upstream: Tensor

    def __post_init__(self) -> None:
        check(self.maps, self.weight, self.bias)
        (batch, _, *pixels), outputs = self.maps.shape, len(self.weight)
        if self.upstream.shape != (batch, outputs, *pixels):
            raise ValueError(
                f"the upstream gradient has shape {tuple(self.upstream.shape)}; the layer's output has shape "
                f"{(batch, outputs, *pixels)}"
            )

    @classmethod
    def draw(cls, lab: Lab, *, batch: int, inputs: int, outputs: int, side: int) -> Problem:
        """Standard normal maps and gradients, and a weight of variance 1/M, so that Z has variance about 1."""
        sizes = {"batch": batch, "inputs": inputs, "outputs": outputs, "side": side}
        if min(sizes.values()) < 1:
            raise ValueError(f"every size must be at least 1, but {sizes} was asked for")
        stream = lab.generator()

        def normal(*shape: int, scale: float = 1.0) -> Tensor:
            return (scale * torch.randn(shape, generator=stream)).to(lab.device, lab.dtype)

        maps, weight = normal(batch, inputs, side, side), normal(outputs, inputs, scale=inputs**-0.5)
        return cls(maps, weight, normal(outputs), normal(batch, outputs, side, side))

    def modules(self) -> tuple[nn.Conv2d, nn.Linear]:
        """The two twins of the question, holding the same numbers: ``Conv2d(M, N, 1)`` and ``Linear(M, N)``."""
        outputs, inputs = self.weight.shape
        conv = nn.Conv2d(inputs, outputs, kernel_size=1, padding=0, stride=1)
        linear = nn.Linear(inputs, outputs)
        conv.weight, conv.bias = nn.Parameter(self.weight[:, :, None, None].clone()), nn.Parameter(self.bias.clone())
        linear.weight, linear.bias = nn.Parameter(self.weight.clone()), nn.Parameter(self.bias.clone())
        return conv, linear

    @property
    def operands(self) -> tuple[Tensor, Tensor, Tensor]:
        return self.maps, self.weight, self.bias

    def in_channels_last(self) -> Problem:
        """The same numbers, with the channels of a pixel side by side in memory."""
        maps, upstream = (t.contiguous(memory_format=torch.channels_last) for t in (self.maps, self.upstream))
        return Problem(maps, self.weight, self.bias, upstream)


def check(maps: Tensor, weight: Tensor, bias: Tensor) -> None:
    """Raise ``ValueError`` unless the layer fits the maps."""
    if maps.ndim != 4 or weight.ndim != 2 or bias.shape != weight.shape[:1] or maps.shape[1] != weight.shape[1]:
        raise ValueError(
            f"maps {tuple(maps.shape)}, weight {tuple(weight.shape)} and bias {tuple(bias.shape)} do not fit: "
            "they must be (batch, M, Y, X), (N, M) and (N,)"
        )
