"""11c: ways to take the one-dimensional filter k = [−1; 2; −1] into the plane.

y counts rows downwards and x columns to the right, one pixel apart. k answers −f'' (exactly, on a parabola).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

TAPS = (-1.0, 2.0, -1.0)
SMOOTH = (0.25, 0.5, 0.25)

Function = Callable[[Tensor, Tensor], Tensor]

FUNCTIONS: dict[str, Function] = {
    "x²": lambda y, x: x**2,
    "y²": lambda y, x: y**2,
    "x² + y²": lambda y, x: x**2 + y**2,
    "x²y²": lambda y, x: x**2 * y**2,
    "3x − 2y + 5": lambda y, x: 3 * x - 2 * y + 5,
}
ANSWERS: dict[str, tuple[float, float, float, float]] = {
    "column: k": (0, -2, -2, 0),
    "row: kᵀ": (-2, 0, -2, 0),
    "column, smoothed along the row": (0, -2, -2, 0),
    "sum of both": (-2, -2, -4, 0),
    "four directions": (-6, -6, -12, 0),
    "outer product": (0, 0, 0, 0),
}
"""What each form answers on x², y², x² + y² and on the plane, everywhere inside the border."""


def forms(like: Tensor) -> dict[str, Tensor]:
    """The six kernels (3, 3), in the order of ``ANSWERS``."""
    k, smooth, one = (like.new_tensor(taps) for taps in (TAPS, SMOOTH, (0.0, 1.0, 0.0)))
    column, row = torch.outer(k, one), torch.outer(one, k)
    diagonals = torch.diag(k) + torch.diag(k).flip(1)
    kernels = (column, row, torch.outer(k, smooth), column + row, column + row + diagonals, torch.outer(k, k))
    return dict(zip(ANSWERS, kernels, strict=True))


def grid(function: Function, like: Tensor, side: int = 9, step: float = 1.0) -> Tensor:
    """The function on (side, side) pixels around the origin, ``step`` apart."""
    axis = step * (torch.arange(side, device=like.device, dtype=like.dtype) - (side - 1) / 2)
    return function(axis[:, None], axis[None, :]).expand(side, side).clone()


def inside(response: Tensor) -> Tensor:
    """Without the border, where the filter saw mirrored pixels."""
    return response[..., 1:-1, 1:-1]


def transfer(kernel: Tensor, frequencies: Tensor) -> Tensor:
    """K(ω_y, ω_x) = Σ K(v, u) cos(ω_y v + ω_x u) of a symmetric kernel, for every pair of the (n,) frequencies, in
    radians a pixel: (n, n), ω_y first."""
    shifts = torch.arange(-1, 2, device=kernel.device, dtype=kernel.dtype)
    phase = torch.exp(1j * frequencies[:, None] * shifts)
    return (phase @ kernel.to(phase.dtype) @ phase.T).real
