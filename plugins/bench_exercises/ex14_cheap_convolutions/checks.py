"""What the derivatives written by hand are held against: autograd through the full convolution, and differences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import rank1
from .rank1 import Factors, Gradients


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
    """Values for one setting: input, factors, bias, and the derivative that reaches the output."""

    setting: Setting
    H: Tensor
    factors: Factors
    B: Tensor
    Δ: Tensor

    @property
    def slide(self) -> dict[str, int]:
        return {"stride": self.setting.stride, "padding": self.setting.padding}

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        return (self.H, *self.factors, self.B)


def draw(lab: Lab, s: Setting) -> Problem:
    """Standard normal values; every call with one seed gives the same."""
    generator = lab.generator()
    bias = (s.N, *s.places) if s.untied else (s.N,)
    shapes = ((s.T, s.M, s.Y, s.X), (s.N,), (s.M,), (s.L,), (s.K,), bias, (s.T, s.N, *s.places))
    H, a, b, c, d, B, Δ = (torch.randn(shape, generator=generator).to(lab.device, lab.dtype) for shape in shapes)
    return Problem(setting=s, H=H, factors=Factors(a, b, c, d), B=B, Δ=Δ)


def full_convolution(
    H: Tensor, a: Tensor, b: Tensor, c: Tensor, d: Tensor, B: Tensor, *, stride: int, padding: int
) -> Tensor:
    """The reference: build W, let ``conv2d`` do the rest."""
    Z = F.conv2d(H, rank1.kernel(Factors(a, b, c, d)), stride=stride, padding=padding)
    return Z + (B if B.ndim == 3 else B[:, None, None])


def by_autograd(problem: Problem) -> tuple[Tensor, Gradients]:
    leaves = [value.clone().requires_grad_() for value in problem.inputs]
    H, a, b, c, d, B = leaves
    Z = full_convolution(H, a, b, c=c, d=d, B=B, **problem.slide)
    return Z.detach(), Gradients(*torch.autograd.grad(Z, leaves, problem.Δ))


def cost(Z: Tensor) -> Tensor:
    """L = Σ log cosh Z, a smooth cost whose derivative is Δ = tanh Z."""
    return torch.log(torch.cosh(Z)).sum()


def by_differences(function: Callable[..., Tensor], inputs: Sequence[Tensor], step: float = 1e-5) -> list[Tensor]:
    """Central differences of ``cost(function(*inputs))`` in every entry of every input; the error is of order step²."""
    slopes = []
    for k, value in enumerate(inputs):
        slope = torch.empty(value.numel(), dtype=value.dtype, device=value.device)
        for entry in range(value.numel()):
            shift = torch.zeros_like(value)
            shift.view(-1)[entry] = step
            above, below = (
                cost(function(*inputs[:k], moved, *inputs[k + 1 :])) for moved in (value + shift, value - shift)
            )
            slope[entry] = (above - below) / (2 * step)
        slopes.append(slope.view_as(value))
    return slopes


def gap(found: Sequence[Tensor], expected: Sequence[Tensor]) -> float:
    """The largest difference of any entry, relative to the largest of its own tensor (or to 1)."""
    return largest(
        float((a - b).abs().max() / b.abs().max().clamp_min(1.0))
        for a, b in zip(found, expected, strict=True)
        if b.numel()
    )


def pairings(problem: Problem) -> list[Tensor]:
    """⟨Δ, Z − B⟩ and ⟨x, ∂L/∂x⟩ for the input and every factor: Z − B is linear in each, so all six are equal."""
    Z, saved = rank1.forward(problem.H, problem.factors, problem.B, **problem.slide)
    gradients = rank1.backward(problem.Δ, saved)
    bias = problem.B if problem.B.ndim == 3 else problem.B[:, None, None]
    whole = (problem.Δ * (Z - bias)).sum()
    return [whole] + [(value * g).sum() for value, g in zip(problem.inputs[:5], gradients[:5], strict=True)]
