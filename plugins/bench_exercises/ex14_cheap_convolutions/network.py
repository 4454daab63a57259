"""The rank-1 convolution as a layer that trains by the hand-written derivatives (14c), and how it starts.

On white noise of variance 1 the rank-1 layer gives channel i the variance a[i]²·‖b‖²·‖c‖²·‖d‖², averaged over the
channels ‖a‖²/N·‖b‖²·‖c‖²·‖d‖². He's rule asks of the kernel that this be ``gain``, 2 before a ReLU (He et al. 2015).
"""

from typing import Any

import torch
from torch import Tensor, nn

from . import by_hand
from .by_hand import Factors


class Rank1Convolution(torch.autograd.Function):
    """Hooks ``by_hand.forward`` and ``by_hand.backward`` into autograd, which then only passes Δ along."""

    @staticmethod
    def forward(ctx: Any, H: Tensor, B: Tensor, slide: tuple[int, int], *factors: Tensor) -> Tensor:
        stride, padding = slide
        Z, ctx.saved = by_hand.forward(H, Factors(*factors), B, stride=stride, padding=padding)
        return Z

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, Δ: Tensor) -> tuple[Tensor | None, ...]:
        g = by_hand.backward(Δ.contiguous(), ctx.saved)
        return g.H, g.B, None, g.a, g.b, g.c, g.d


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
        return Rank1Convolution.apply(H, self.B, (self.stride, self.padding), *self.factors)

    @property
    def factors(self) -> Factors:
        return Factors(self.a, self.b, self.c, self.d)


def drawn(N: int, M: int, L: int, K: int, *, generator: torch.Generator, gain: float = 2.0) -> Factors:
    """Independent normal entries, each step keeping the variance in the mean: 1/M, 1/L, 1/K, then ``gain``."""
    return Factors(*(normal(n, v**0.5, generator) for n, v in ((N, gain), (M, 1 / M), (L, 1 / L), (K, 1 / K))))


def normalised(N: int, M: int, L: int, K: int, *, generator: torch.Generator, gain: float = 2.0) -> Factors:
    """The same directions, their lengths set: ‖b‖ = ‖c‖ = ‖d‖ = 1 and ‖a‖² = gain·N. The variance is then exact."""
    a, b, c, d = drawn(N, M, L, K, generator=generator, gain=gain)
    return Factors(a * (gain * N) ** 0.5 / a.norm(), b / b.norm(), c / c.norm(), d / d.norm())


def naive(N: int, M: int, L: int, K: int, *, generator: torch.Generator, gain: float = 2.0) -> Factors:
    """The mistake: every factor drawn as if it were the kernel, with the variance gain/(M·L·K)."""
    return Factors(*(normal(n, (gain / (M * L * K)) ** 0.5, generator) for n in (N, M, L, K)))


def normal(n: int, deviation: float, generator: torch.Generator) -> Tensor:
    return deviation * torch.randn(n, generator=generator)


def output_variance(factors: Factors) -> float:
    """The mean variance over the output channels for white noise of variance 1."""
    a, b, c, d = (float(v.double().square().sum()) for v in factors)
    return a / len(factors.a) * b * c * d
