"""How much of a kernel do R rank-1 terms hold? The CP decomposition by alternating least squares.

Kolda and Bader, "Tensor Decompositions and Applications" (SIAM Review, 2009), section 3.4.
"""

from collections.abc import Iterator

import torch
from torch import Tensor


def decompose(W: Tensor, R: int, sweeps: int, generator: torch.Generator) -> Iterator[tuple[list[Tensor], float]]:
    """After every sweep the four factors, (size, R) each, and ‖W − Σ_r a_r ∘ b_r ∘ c_r ∘ d_r‖ / ‖W‖.

    With three factors fixed W is linear in the fourth, whose best value is a least-squares solution; hence the error
    can only fall. W lies on the CPU, where the solver copes with columns that have become parallel.
    """
    factors = [torch.randn(size, R, generator=generator).to(W.dtype) for size in W.shape]
    for _ in range(sweeps):
        for axis in range(W.ndim):
            factors[axis] = best_factor(W, factors, axis)
        yield factors, float((W - compose(factors)).norm() / W.norm())


def best_factor(W: Tensor, factors: list[Tensor], axis: int) -> Tensor:
    """argmin over A of ‖W₍axis₎ − A Gᵀ‖, where the columns of G are the products of the other factors' columns."""
    others = [factor for k, factor in enumerate(factors) if k != axis]
    products = torch.einsum("xr,yr,zr->xyzr", *others).flatten(0, 2)
    return torch.linalg.lstsq(products, W.movedim(axis, 0).flatten(1).T, driver="gelsd").solution.T


def compose(factors: list[Tensor]) -> Tensor:
    """Σ_r a_r ∘ b_r ∘ c_r ∘ d_r, of shape (N, M, L, K)."""
    return torch.einsum("nr,mr,lr,kr->nmlk", *factors)
