"""Independent ways to know what is right, and the classic mistakes, which they must notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from bench.kit import byhand

from . import by_hand
from .network import Layer, rows, unrows
from .problem import Problem
from .reference import GRADIENTS

Gradients = dict[str, Tensor]


def by_differences(problem: Problem) -> Gradients:
    """The three gradients of L = ⟨D, Z⟩ by central differences of the formula as it is printed."""

    def loss(maps: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return (by_hand.as_printed(maps, weight[:, :, None, None], bias) * problem.upstream).sum()

    return dict(zip(GRADIENTS, byhand.central_differences(loss, problem.operands), strict=True))


def free_parameters(layer: Layer, problem: Problem) -> int:
    """How many parameters the layer has that are no combination of others: the rank of ∂Z/∂(W, b)."""
    maps, weight, bias = problem.operands
    blocks = torch.autograd.functional.jacobian(lambda w, b: layer(maps, w, b), (weight, bias))
    outputs = len(problem.upstream.flatten())
    return int(torch.linalg.matrix_rank(torch.cat([block.reshape(outputs, -1) for block in blocks], dim=1)))


def reshaped(problem: Problem) -> Gradients:
    """A reshape leaves the order in memory alone: a row then holds pixels of one channel, not channels of a pixel."""
    table = problem.maps.reshape(-1, problem.maps.shape[1])
    return {"output": unrows(torch.addmm(problem.bias, table, problem.weight.T), problem.maps)}


def reshaped_back(problem: Problem) -> Gradients:
    """The same slip on the way from rows to maps."""
    table = torch.addmm(problem.bias, rows(problem.maps), problem.weight.T)
    return {"output": table.reshape(problem.upstream.shape)}


def turned(problem: Problem) -> Gradients:
    return {"output": by_hand.forward(*problem.operands).mT}


def without_bias(problem: Problem) -> Gradients:
    return {"output": by_hand.forward(problem.maps, problem.weight, torch.zeros_like(problem.bias))}


def other_sign(problem: Problem) -> Gradients:
    return {"input gradient": -by_hand.every_pixel_a_row(problem)["input gradient"]}


def first_sample(problem: Problem) -> Gradients:
    return {"weight gradient": rows(problem.upstream[:1]).T @ rows(problem.maps[:1])}


def averaged_weight(problem: Problem) -> Gradients:
    return {"weight gradient": rows(problem.upstream).T @ rows(problem.maps) / len(rows(problem.maps))}


def averaged_bias(problem: Problem) -> Gradients:
    return {"bias gradient": rows(problem.upstream).mean(0)}


MISTAKES: Mapping[str, Callable[[Problem], Gradients]] = {
    "maps to rows by reshape, the channel axis not moved": reshaped,
    "rows to maps by reshape, the channel axis not moved": reshaped_back,
    "rows and columns of the map exchanged": turned,
    "the bias is forgotten": without_bias,
    "the input gradient has the other sign": other_sign,
    "dW of the first sample only": first_sample,
    "dW is a mean over the pixels": averaged_weight,
    "db is a mean over the pixels": averaged_bias,
}
"""What is wrong, and the quantities that it spoils."""
