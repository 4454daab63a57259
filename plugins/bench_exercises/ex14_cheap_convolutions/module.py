"""The rank-1 convolution as a layer that trains by the hand-written derivatives (14c)."""

from typing import Any

import torch
from torch import Tensor, nn

from . import rank1
from .initial import normalised
from .rank1 import Factors


class Rank1Convolution(torch.autograd.Function):
    """Hooks ``rank1.forward`` and ``rank1.backward`` into autograd, which then only passes Δ along."""

    @staticmethod
    def forward(ctx: Any, H: Tensor, B: Tensor, stride: int, padding: int, *factors: Tensor) -> Tensor:
        Z, ctx.saved = rank1.forward(H, Factors(*factors), B, stride=stride, padding=padding)
        return Z

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, Δ: Tensor) -> tuple[Tensor | None, ...]:
        g = rank1.backward(Δ.contiguous(), ctx.saved)
        return g.H, g.B, None, None, g.a, g.b, g.c, g.d


class Rank1Conv2d(nn.Module):
    """Takes (T, M, Y, X) to (T, N, Y', X') with N + M + L + K weights and N biases, or one bias per place.

    ``untied`` is the size (Y', X') of the output where every place has a bias of its own.
    """

    def __init__(
        self,
        M: int,
        N: int,
        kernel: tuple[int, int],
        *,
        stride: int = 1,
        padding: int = 0,
        untied: tuple[int, int] | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if min(M, N, *kernel) < 1:
            raise ValueError(f"channels and kernel must be positive; got M={M}, N={N}, kernel={kernel}")
        drawn = normalised(N, M, *kernel, generator=generator or torch.default_generator)
        self.a, self.b, self.c, self.d = (nn.Parameter(v) for v in drawn)
        self.B = nn.Parameter(torch.zeros(N, *(untied or ())))
        self.stride, self.padding = stride, padding

    def forward(self, H: Tensor) -> Tensor:
        return Rank1Convolution.apply(H, self.B, self.stride, self.padding, *self.factors)

    @property
    def factors(self) -> Factors:
        return Factors(self.a, self.b, self.c, self.d)
