"""Independent ways to know what is right, and the classic mistakes, which they must notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from bench.kit import byhand

from .by_hand import Optimum
from .network import Weights, gradients, loss
from .problem import Task


def singular_values(task: Task) -> Tensor:
    """Those of the least-squares fit P, largest first, by torch's own pseudo-inverse and SVD."""
    return torch.linalg.svdvals(task.x @ torch.linalg.pinv(task.x) @ task.y)


def left_out(task: Task, width: int | None) -> float:
    """What a network of this width must lose against A, over |Y|^2: the squares behind the first ``width``."""
    behind = singular_values(task)[width:] if width is not None else torch.zeros(0)
    return float(behind.square().sum() / task.y.square().sum())


def gradients_by_differences(task: Task, weights: Weights) -> list[Tensor]:
    return list(byhand.central_differences(lambda *moved: loss(task, moved), weights))


# A gradient with a mistake in it, of the two layers W1 and W2


def other_sign(task: Task, weights: Weights) -> list[Tensor]:
    first, second = gradients(task, weights)
    return [-first, second]


def a_sum(task: Task, weights: Weights) -> list[Tensor]:
    return [task.sizes[0] * slope for slope in gradients(task, weights)]


def without_half(task: Task, weights: Weights) -> list[Tensor]:
    return [2 * slope for slope in gradients(task, weights)]


def one_after_the_other(task: Task, weights: Weights) -> list[Tensor]:
    """W1 makes its step first, and the gradient of W2 is taken there."""
    first, second = weights
    slope = gradients(task, weights)[0]
    return [slope, gradients(task, [first - 0.1 * slope, second])[1]]


WRONG_GRADIENTS: Mapping[str, Callable[[Task, Weights], list[Tensor]]] = {
    "sign: dL/dW₁ of the other sign": other_sign,
    "factor: a sum over the samples for their mean": a_sum,
    "factor: the ½ of the cost forgotten": without_half,
    "order: dL/dW₂ after W₁ has made its step": one_after_the_other,
}


# The error of the best map of rank r, with a mistake in it


def off_by_one(task: Task, best: Optimum, rank: int) -> Tensor:
    return best.error(rank - 1)


def not_squared(task: Task, best: Optimum, rank: int) -> Tensor:
    return best.floor + best.singular[rank:].sum()


def without_floor(task: Task, best: Optimum, rank: int) -> Tensor:
    return best.error(rank) - best.floor


def of_targets(task: Task, best: Optimum, rank: int) -> Tensor:
    """Eckart and Young applied to Y: this error is below what any network reaches."""
    return torch.linalg.svdvals(task.y)[rank:].square().sum()


def map_cut(task: Task, best: Optimum, rank: int) -> Tensor:
    """The singular values of M are cut instead of those of XM: the nearest map does not give the nearest fit."""
    left, values, right = torch.linalg.svd(best.ols, full_matrices=False)
    return task.error(left[:, :rank] * values[:rank] @ right[:rank])


WRONG_ERRORS: Mapping[str, Callable[[Task, Optimum, int], Tensor]] = {
    "off by one: σ²ᵣ + σ²ᵣ₊₁ + …": off_by_one,
    "missing square: σᵣ₊₁ + σᵣ₊₂ + …": not_squared,
    "missing term: the floor ‖P − Y‖²": without_floor,
    "wrong matrix: the singular values of Y": of_targets,
    "wrong matrix: the map M is cut, not its fit XM": map_cut,
}
