"""How to draw four factors so that their *product* has the right size.

On white noise of variance 1 the rank-1 layer gives channel i the variance a[i]²·‖b‖²·‖c‖²·‖d‖², averaged over the
channels ‖a‖²/N·‖b‖²·‖c‖²·‖d‖². He's rule asks of the kernel that this be ``gain``, 2 before a ReLU (He et al. 2015).
"""

import torch
from torch import Tensor

from .rank1 import Factors


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
