"""The layer and its three gradients as matrix products, with every pixel a row."""

from __future__ import annotations

from torch import Tensor, addmm

from .network import rows, unrows
from .problem import Problem


def every_pixel_a_row(problem: Problem) -> dict[str, Tensor]:
    """Every pixel a row of one matrix.

    Z = H Wᵀ + ebᵀ;   dH = D W;   dW = Dᵀ H, the sum over all pixels;   db = Dᵀ e, with e all ones.
    """
    table, arriving = rows(problem.maps), rows(problem.upstream)
    return {
        "output": unrows(addmm(problem.bias, table, problem.weight.T), problem.maps),
        "input gradient": unrows(arriving @ problem.weight, problem.maps),
        "weight gradient": arriving.T @ table,
        "bias gradient": arriving.sum(0),
    }
