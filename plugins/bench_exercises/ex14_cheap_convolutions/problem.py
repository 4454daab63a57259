"""The problem: sizes to try, values drawn for them, and what each form of the layer asks for.

N output and M input channels, a kernel of L × K, T images.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from bench import Lab

from .by_hand import Factors

Calls = dict[str, Callable[[], Tensor | dict[str, Tensor]]]
"""What a comparison holds against each other."""
LK = (3, 3)
PADDING = 1
"""Of the layers that are timed."""
CHANNELS = (3, 16, 64, 256)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """T images with M channels of Y × X, N channels above, a kernel of L × K."""

    T: int
    M: int
    Y: int
    X: int
    N: int
    L: int
    K: int
    stride: int = 1
    padding: int = 0
    untied: bool = False

    @property
    def places(self) -> tuple[int, int]:
        return self._places(self.Y, self.L), self._places(self.X, self.K)

    def _places(self, side: int, m: int) -> int:
        return (side + 2 * self.padding - m) // self.stride + 1

    @property
    def label(self) -> str:
        bias = "untied" if self.untied else "tied"
        sizes = f"{self.M}→{self.N} channels, {self.Y}×{self.X}, kernel {self.L}×{self.K}"
        return f"{sizes}, s={self.stride}, p={self.padding}, {bias}"


SHEET = (64, 32, 3, 3)
"""N, M, L, K of the counted example: 18,432 weights as one kernel, 102 as factors."""

SETTINGS = (
    Setting(T=2, M=3, Y=6, X=7, N=4, L=3, K=3),
    Setting(T=2, M=3, Y=6, X=7, N=4, L=3, K=3, padding=1),
    Setting(T=1, M=1, Y=5, X=5, N=1, L=3, K=3, untied=True),
    Setting(T=3, M=2, Y=7, X=6, N=5, L=3, K=2, stride=2),
    Setting(T=2, M=4, Y=8, X=8, N=2, L=3, K=3, stride=2, padding=1, untied=True),
    Setting(T=2, M=2, Y=4, X=9, N=3, L=1, K=5, padding=2),
    Setting(T=2, M=5, Y=6, X=6, N=3, L=1, K=1),
    Setting(T=1, M=3, Y=4, X=3, N=6, L=4, K=3),
    Setting(T=2, M=2, Y=9, X=8, N=2, L=2, K=3, stride=3),
)
SMALL = (
    Setting(T=2, M=2, Y=3, X=4, N=2, L=3, K=2, padding=1),
    Setting(T=1, M=2, Y=5, X=4, N=2, L=2, K=3, stride=2, padding=1, untied=True),
)
"""Few enough entries to take differences in each, even in a smoke test."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Values for one setting: input, factors, bias, and the derivative that reaches the output.

    ``W`` is a kernel without any structure, ``P``, ``D`` and ``B1`` are those of a separable layer, and ``bias`` is
    (N,). A check of 14a or 14d that drew W = a∘b∘c∘d would pass over whatever goes wrong for other kernels only.
    """

    setting: Setting
    H: Tensor
    factors: Factors
    B: Tensor
    Δ: Tensor
    W: Tensor
    bias: Tensor
    P: Tensor
    D: Tensor
    B1: Tensor

    @property
    def slide(self) -> dict[str, int]:
        return {"stride": self.setting.stride, "padding": self.setting.padding}

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        return (self.H, *self.factors, self.B)


def draw(lab: Lab, s: Setting) -> Problem:
    """Standard normal values; every call with one seed gives the same."""
    bias = (s.N, *s.places) if s.untied else (s.N,)
    above = (s.T, s.N, *s.places)
    H, a, b, c, d, B, Δ, W, *others = normal(
        lab,
        [
            *((s.T, s.M, s.Y, s.X), (s.N,), (s.M,), (s.L,), (s.K,), bias, above),
            *((s.N, s.M, s.L, s.K), (s.N,), (s.N, s.M), (s.M, s.L, s.K), (s.M,)),
        ],
    )
    named = dict(zip(("bias", "P", "D", "B1"), others, strict=True))
    return Problem(setting=s, H=H, factors=Factors(a, b, c, d), B=B, Δ=Δ, W=W, **named)


def normal(lab: Lab, shapes: Iterable[tuple[int, ...]]) -> list[Tensor]:
    """Standard normal tensors, in the order asked for, on the device and in the dtype of the lab."""
    generator = lab.generator()
    return [torch.randn(shape, generator=generator).to(lab.device, lab.dtype) for shape in shapes]


def images(lab: Lab, channels: int, quick: int = 2**18) -> tuple[int, ...]:
    """(T, M, Y, X): in ``quick`` as many pictures as make H hold 2¹⁸ numbers (1 MiB), in ``full`` four times as many.

    As in a network, the pictures are smaller where there are more channels. Maps of that size stay in the cache, and
    memory that was freed is given out again at once instead of being mapped anew, page by page.
    """
    side = lab.pick(smoke=8, quick=32, full=32) if channels < 64 else lab.pick(smoke=8, quick=16, full=16)
    numbers = lab.pick(smoke=1, quick=quick, full=4 * quick)
    return max(1, numbers // (channels * side**2)), channels, side, side


def last(tensor: Tensor) -> Tensor:
    """The same tensor with its channels stored innermost, where a 1×1 convolution is a plain matrix product."""
    return tensor.contiguous(memory_format=torch.channels_last)


def full_cost(N: int, M: int, L: int, K: int) -> int:
    """Multiplications per output place, borders neglected, as of all these costs."""
    return N * M * L * K


def separable_cost(N: int, M: int, L: int, K: int) -> int:
    """Depthwise L·K for each of M channels, then a pointwise N × M matrix."""
    return M * L * K + N * M


def rank1_cost(N: int, M: int, L: int, K: int) -> int:
    return M + L + K + N


def cp_cost(N: int, M: int, L: int, K: int, *, R: int) -> int:
    """R rank-1 terms side by side."""
    return R * rank1_cost(N, M, L, K)


def cp_merged_cost(N: int, M: int, L: int, K: int, *, R: int) -> int:
    """The two one-dimensional passes of every term made into one of L × K."""
    return R * (M + L * K + N)


def layer_operations(N: int, M: int, L: int, K: int, *, places: int) -> int:
    """Floating-point operations of Z, dH and dW, at so many places of all images: each multiplies and adds as often as
    the others. The sums of the biases are neglected."""
    return 3 * 2 * full_cost(N, M, L, K) * places


def layer_bytes(N: int, M: int, L: int, K: int, *, places: int) -> int:
    """Compulsory traffic in float32, as many places in as out: H, Δ, W and B are read once, Z, dH, dW and dB written
    once."""
    return 4 * (2 * (N + M) * places + 2 * N * M * L * K + 2 * N)
