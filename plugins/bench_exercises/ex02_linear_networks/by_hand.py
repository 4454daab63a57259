"""By hand: the best map of each rank, two ways to get there, and the second derivatives on the way.

The best map of rank at most r, by two singular value decompositions.

For any W, |XW - Y|^2 = |XW - P|^2 + |P - Y|^2 where P is the projection of Y on the columns of X. The second term
is out of reach. XW can be any matrix with columns in that space, P is one of them, and the nearest to P of rank r is P
cut after r singular values (Eckart and Young, 1936).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from bench.kit import byhand

from .network import Weights, gradients
from .problem import Task

NEGLIGIBLE = 1e-10
"""Singular values below this part of the largest count as zero, in float64."""


@dataclass(frozen=True, slots=True)
class Optimum:
    """The best fit of every rank. ``ols`` M (..., d, m) is the shortest least-squares map, ``singular`` the singular
    values of the fit P = XM, ``right`` (..., m, k) their right vectors, ``floor`` the error that no map avoids."""

    ols: Tensor
    singular: Tensor
    right: Tensor
    floor: Tensor

    def error(self, rank: int) -> Tensor:
        """The least sum of squared errors of any map of rank at most ``rank``."""
        return self.floor + self.singular[..., rank:].square().sum(dim=-1)

    def factors(self, rank: int) -> tuple[Tensor, Tensor]:
        """W1 (..., d, r) and W2 (..., r, m) that attain it: the first r right vectors of the fit as a code."""
        return self.chosen(list(range(min(rank, self.right.shape[-1]))))

    def chosen(self, kept: list[int]) -> tuple[Tensor, Tensor]:
        """The same for any choice of singular directions: the critical points of a network that has as many units."""
        code = self.right[..., kept]
        return self.ols @ code, code.mT

    def map(self, rank: int) -> Tensor:
        """W1 W2 (..., d, m)."""
        first, second = self.factors(rank)
        return first @ second

    @property
    def rank(self) -> int:
        """The numerical rank of the fit (of one task)."""
        return numerical_rank(self.singular)


def optimum(task: Task) -> Optimum:
    """By hand: least squares through the singular values of X, then those of the fit."""
    left, values, right = torch.linalg.svd(task.x, full_matrices=False)
    kept = values > max(task.sizes) * torch.finfo(values.dtype).eps * values[..., :1]
    inverse = torch.where(kept, 1 / values, 0.0)
    seen = left.mT @ task.y * kept[..., None]
    _, singular, directions = torch.linalg.svd(seen, full_matrices=False)
    ols = right.mT @ (inverse[..., None] * seen)
    return Optimum(ols, singular, directions.mT, (task.y - left @ seen).square().sum(dim=(-2, -1)))


def numerical_rank(singular: Tensor) -> int:
    """How many singular values (in falling order) are not negligible against the first."""
    return int((singular > NEGLIGIBLE * singular[0]).sum())


def descend(task: Task, weights: Weights, *, rate: float, steps: int, see: Callable[[Weights], None]) -> Weights:
    """Full-batch gradient descent by hand; ``see`` is shown the weights before the first and after every step."""
    see(weights)
    for _ in range(steps):
        weights, _ = byhand.sgd(weights, gradients(task, weights), lr=rate)
        see(weights)
    return weights


def second_derivatives(task: Task, first: Tensor, second: Tensor) -> Tensor:
    """The Hessian (..., p, p) of L at W1 (..., d, r) and W2 (..., r, m), these flattened one behind the other.

    With S = X^T X / n and G = X^T (X W1 W2 - Y) / n, the derivative by W, the two gradients are G W2^T and W1^T G, and
    each entry of them is differentiated once more; G itself changes by S dW1 W2 + S W1 dW2.
    """
    n, d, m = task.sizes
    gram, width = task.x.mT @ task.x / n, first.shape[-1]
    slope, eye = gram @ first @ second - task.x.mT @ task.y / n, torch.eye(max(m, width)).to(first)
    eye_m, eye_r, batch = eye[:m, :m], eye[:width, :width], first.shape[:-2]
    by_first = torch.einsum("ij,...km,...lm->...ikjl", gram, second, second).reshape(*batch, d * width, d * width)
    inner = first.mT @ gram @ first
    by_second = torch.einsum("...kl,mn->...kmln", inner, eye_m).reshape(*batch, width * m, width * m)
    # Only here does the error itself stand: this block makes the problem one without convexity.
    mixed = torch.einsum("...il,...kj->...iklj", gram @ first, second) + torch.einsum("...ij,kl->...iklj", slope, eye_r)
    mixed = mixed.reshape(*batch, d * width, width * m)
    return torch.cat([torch.cat([by_first, mixed], -1), torch.cat([mixed.mT, by_second], -1)], -2)


def alternating(task: Task, second: Tensor, sweeps: int) -> tuple[Tensor, Tensor]:
    """Least squares for W1 with W2 held, then for W2 with W1 held, and again; needs X of full column rank.

    ``second`` is the first W2 (..., r, m), of full row rank. For fixed W2 the best W1 is M W2^+,
    where M is ordinary least squares; only the space of its columns matters for the W2 that follows.
    """
    ols = torch.linalg.lstsq(task.x, task.y).solution
    gram = task.x.mT @ task.x
    for _ in range(sweeps):
        first = torch.linalg.qr(ols @ second.mT).Q
        second = torch.linalg.solve(first.mT @ gram @ first, first.mT @ gram @ ols)
    return first, second
