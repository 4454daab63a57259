"""Independent ways to know what is right: central differences, and what each factor has to do with the whole."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from bench.kit.compare import max_error

from .by_hand import Gradients
from .problem import Problem


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


def pairings(problem: Problem, Z: Tensor, gradients: Gradients) -> Tensor:
    """⟨Δ, Z − B⟩ and ⟨x, ∂L/∂x⟩ for the input and every factor: Z − B is linear in each, so all six are equal."""
    bias = problem.B if problem.B.ndim == 3 else problem.B[:, None, None]
    whole = (problem.Δ * (Z - bias)).sum()
    parts = [(value * g).sum() for value, g in zip(problem.inputs[:5], gradients[:5], strict=True)]
    return torch.stack([whole, *parts])


def pairing_error(problem: Problem, Z: Tensor, gradients: Gradients) -> float:
    """How far the six are apart; relative to the sum of the absolute terms, which says how much may cancel."""
    values = pairings(problem, Z, gradients)
    scale = (problem.Δ * Z).abs().sum()
    return max_error(values[1:] / scale, values[:1].expand(5) / scale)
