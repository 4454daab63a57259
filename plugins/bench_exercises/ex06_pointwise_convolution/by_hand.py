"""The layer as the formula says it, and as matrix products with every pixel a row, with its three gradients."""

from __future__ import annotations

from itertools import product

from torch import Tensor, addmm

from .network import rows, unrows
from .problem import Problem


def as_printed(maps: Tensor, kernel: Tensor, bias: Tensor, *, padding: int = 0, stride: int = 1) -> Tensor:
    """Z(i, y, x) = b(i) + Σ_j Σ_u Σ_v W(i, j, u, v) H(j, Sy + u - P, Sx + v - P), H being 0 outside of the map.

    Shapes: maps (batch, M, Y, X), kernel (N, M, K, K), bias (N,), Z (batch, N, Y′, X′) with
    Y′ = ⌊(Y + 2P - K)/S⌋ + 1.
    """
    (batch, _, *sides), size = maps.shape, kernel.shape[-1]
    height, width = ((side + 2 * padding - size) // stride + 1 for side in sides)
    output = bias[:, None, None].repeat(batch, 1, height, width)
    for y, x, u, v in product(range(height), range(width), range(size), range(size)):
        above, left = stride * y + u - padding, stride * x + v - padding
        if 0 <= above < sides[0] and 0 <= left < sides[1]:
            output[:, :, y, x] += maps[:, :, above, left] @ kernel[:, :, u, v].T
    return output


def forward(maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Z = H Wᵀ + ebᵀ, with every pixel of every sample a row of H."""
    return unrows(addmm(bias, rows(maps), weight.T), maps)


def every_pixel_a_row(problem: Problem) -> dict[str, Tensor]:
    """Output and gradients.

    Z = H Wᵀ + ebᵀ;   dH = D W;   dW = Dᵀ H, the sum over all pixels;   db = Dᵀ e, with e all ones.
    """
    table, arriving = rows(problem.maps), rows(problem.upstream)
    return {
        "output": forward(*problem.operands),
        "input gradient": unrows(arriving @ problem.weight, problem.maps),
        "weight gradient": arriving.T @ table,
        "bias gradient": arriving.sum(0),
    }
