"""Ways to the optimum of network B."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Lab

from .by_hand import alternating, optimum
from .network import folded, initial
from .problem import Task
from .reference import adam, lbfgs

Variants = dict[str, Callable[[], Tensor]]
WIDTH = 4


def gapped(lab: Lab, size: int) -> Task:
    """4 size samples of ``size`` inputs and outputs, a true map of four singular values of 1, and little noise.

    The fit has four large singular values and then a gap: iterations converge fast, so that they show at their best.
    """
    if size < WIDTH:
        raise ValueError(f"size={size} is too small for a map of rank {WIDTH}")
    stream = lab.generator()

    def normal(rows: int, columns: int) -> Tensor:
        return torch.randn(rows, columns, generator=stream).double()

    x, left, right, noise = normal(4 * size, size), normal(size, WIDTH), normal(size, WIDTH), normal(4 * size, size)
    y = x @ torch.linalg.qr(left).Q @ torch.linalg.qr(right).Q.T + 0.1 * noise
    return Task(x.to(lab.device, lab.dtype), y.to(lab.device, lab.dtype))


def by_eigenvectors(task: Task) -> Tensor:
    """The closed form without an SVD: normal equations, then the top eigenvectors of P^T P = B^T X^T X B (m, m)."""
    gram, moment = task.x.mT @ task.x, task.x.mT @ task.y
    ols = torch.cholesky_solve(moment, torch.linalg.cholesky(gram))
    code = torch.linalg.eigh(ols.mT @ moment).eigenvectors[:, -WIDTH:]
    return task.x @ (ols @ code) @ code.mT


def variants(lab: Lab, size: int) -> Variants:
    """From the data to the fit X W1 W2 (n, m), in five ways."""
    task = gapped(lab, size)
    start = initial(task, WIDTH, lab.generator())
    return {
        "two SVDs": lambda: task.x @ optimum(task).map(WIDTH),
        "Cholesky and eigenvectors": lambda: by_eigenvectors(task),
        "alternating least squares": lambda: task.x @ folded(alternating(task, start[1], sweeps=6)),
        "L-BFGS": lambda: task.x @ folded(lbfgs(task, start, iterations=500)),
        "Adam": lambda: task.x @ folded(adam(task, start, steps=250, rate=0.1)),
    }
