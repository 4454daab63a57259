"""1c: Newton's method where it shines and where it fails. Gradients and Hessians are written out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

Field = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Surface:
    """A function of x (n,) with its gradient (n,) and Hessian (n, n)."""

    value: Field
    gradient: Field
    hessian: Field


def quadratic(matrix: Tensor) -> Surface:
    """x^T A x / 2 for a symmetric A (n, n)."""
    if matrix.ndim != 2 or not torch.equal(matrix, matrix.T):
        raise ValueError(f"a quadratic needs a symmetric matrix, got shape {tuple(matrix.shape)}")
    return Surface(lambda x: x @ matrix @ x / 2, lambda x: matrix @ x, lambda x: matrix)


def bowl() -> Surface:
    """sqrt(1 + x^2): convex, yet a full Newton step maps x to -x^3 and diverges from |x| > 1."""
    return Surface(
        lambda x: torch.sqrt(1 + x**2).sum(),
        lambda x: x / torch.sqrt(1 + x**2),
        lambda x: torch.diag((1 + x**2) ** -1.5),
    )


def exponential() -> Surface:
    """The sum of e^x - 2x, with its minimum at ln 2: near it the error e becomes e^2 / 2."""
    return Surface(lambda x: (x.exp() - 2 * x).sum(), lambda x: x.exp() - 2, lambda x: torch.diag(x.exp()))


def substituted(surface: Surface, matrix: Tensor) -> Surface:
    """The same function in the coordinates y of x = T y, with T (n, n) invertible."""
    return Surface(
        lambda y: surface.value(matrix @ y),
        lambda y: matrix.T @ surface.gradient(matrix @ y),
        lambda y: matrix.T @ surface.hessian(matrix @ y) @ matrix,
    )


def newton_step(surface: Surface, x: Tensor, rate: float = 1.0) -> Tensor:
    """x - rate H^{-1} g: the natural rate is 1."""
    return x - rate * torch.linalg.solve(surface.hessian(x), surface.gradient(x))


def damped_step(surface: Surface, x: Tensor) -> Tensor:
    """A Newton step, halved until it lowers the function enough (Armijo's condition with 1e-4)."""
    rate, slope = 1.0, surface.gradient(x) @ (newton_step(surface, x) - x)
    while surface.value(newton_step(surface, x, rate)) > surface.value(x) + 1e-4 * rate * slope:
        rate /= 2
    return newton_step(surface, x, rate)


def gradient_step(surface: Surface, x: Tensor, lr: float) -> Tensor:
    """x - lr g."""
    return x - lr * surface.gradient(x)


def trajectory(step: Callable[[Tensor], Tensor], start: Tensor, steps: int) -> Tensor:
    """The start and the points after it, (steps + 1, n)."""
    points = [start]
    for _ in range(steps):
        points.append(step(points[-1]))
    return torch.stack(points)


def descend(curvatures: Tensor, lr: float, below: float, most: int) -> tuple[int, list[float]]:
    """Gradient descent on sum curvature x^2 / 2 from (1, ..., 1), until |x| <= ``below``.

    Gives the number of steps, and |x| before each and after the last. ``ValueError`` after ``most`` steps.
    """
    # In Python's floats: for a few numbers a step of torch is all overhead.
    factors = (1 - lr * curvatures).tolist()
    x = [1.0] * len(factors)
    distances = [math.hypot(*x)]
    while distances[-1] > below:
        if len(distances) > most:
            raise ValueError(f"{most} steps of rate {lr:.3g} leave |x| at {distances[-1]:.3g}, above {below:g}")
        x = [value * factor for value, factor in zip(x, factors, strict=True)]
        distances.append(math.hypot(*x))
    return len(distances) - 1, distances


def cost(parameters: int) -> dict[str, float]:
    """One Newton step on P parameters: bytes of gradient and Hessian in float32, operations of a Cholesky solve."""
    return {
        "gradient, bytes": 4.0 * parameters,
        "Hessian, bytes": 4.0 * parameters**2,
        "solve, operations": parameters**3 / 3,
    }
