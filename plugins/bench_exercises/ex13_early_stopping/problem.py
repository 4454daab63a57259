"""The problem: a linear model with a quadratic cost whose curvatures are chosen.

J(w) = |Xw - y|^2 / (2n) = J(w*) + (w - w*)^T H (w - w*) / 2, with H = X^T X / n = Q diag(lambda) Q^T.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from bench import Lab

SAMPLES, LOW, HIGH, FEATURES = 40, 1e-3, 1.0, 12
"""Inputs, and how many curvatures of the cost from where to where."""


@dataclass(frozen=True, slots=True)
class Regression:
    """Inputs ``x`` (n, d) and targets ``y`` (n,). Raises ``ValueError`` where these do not belong together."""

    x: Tensor
    y: Tensor

    def __post_init__(self) -> None:
        if self.x.ndim != 2 or self.y.shape != self.x.shape[:1]:
            raise ValueError(
                f"inputs {tuple(self.x.shape)} and targets {tuple(self.y.shape)} do not fit: "
                "they must be (n, d) and (n,)"
            )

    @property
    def hessian(self) -> Tensor:
        """H (d, d)."""
        return self.x.T @ self.x / len(self.y)

    @property
    def moment(self) -> Tensor:
        """b = X^T y / n (d,): the gradient of J at w is Hw - b."""
        return self.x.T @ self.y / len(self.y)

    def cost(self, w: Tensor) -> Tensor:
        """J(w) = |Xw - y|^2 / (2n)."""
        return (self.x @ w - self.y).square().sum() / (2 * len(self.y))

    def to(self, *target: Any) -> Regression:
        """As ``Tensor.to`` does it, of whatever it takes."""
        return Regression(self.x.to(*target), self.y.to(*target))


def inputs(generator: torch.Generator, n: int, curvatures: Sequence[float]) -> tuple[Tensor, Tensor, Tensor]:
    """``(X, U, Q)`` in float64 with X = sqrt(n) U diag(sqrt lambda) Q^T, so that X^T X / n has these eigenvalues.

    U (n, d) has orthonormal columns, Q (d, d) is orthogonal; both are drawn at random.
    """
    d = len(curvatures)
    if d < 1 or n < d or min(curvatures) < 0:
        raise ValueError(
            f"n={n} samples and curvatures {tuple(curvatures)}: needs n >= {d} >= 1, none of them negative"
        )
    u, q = (torch.linalg.qr(torch.randn(rows, d, generator=generator).double()).Q for rows in (n, d))
    return n**0.5 * (u * torch.tensor(curvatures, dtype=torch.float64).sqrt()) @ q.T, u, q


def draw(
    lab: Lab, n: int, curvatures: Sequence[float], met: Sequence[float] | None = None
) -> tuple[Regression, Tensor]:
    """A regression and its optimum w* (d,), whose coordinate along every eigenvector is +1 or -1, or as ``met`` says.

    With +1 and -1 every direction matters equally. The targets hold noise as well, orthogonal to every prediction: it
    changes J(w*), not w*.
    """
    stream = lab.generator()
    x, u, q = inputs(stream, n, curvatures)
    signs = torch.randint(2, (len(curvatures),), generator=stream).double() * 2 - 1
    along = signs if met is None else torch.tensor(met, dtype=torch.float64)
    noise = torch.randn(n, generator=stream).double()
    optimum = q @ along
    regression = Regression(x, x @ optimum + noise - u @ (u.T @ noise))
    return regression.to(lab.device, lab.dtype), optimum.to(lab.device, lab.dtype)


def tilted(lab: Lab) -> tuple[Regression, Tensor]:
    """Two weights, for a picture: curvatures 0.04 and 1 along axes turned by 20 degrees; w* = (1.5, 2)."""
    angle = math.radians(20)
    q = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=torch.float64)
    x = 2**0.5 * torch.tensor([0.04, 1.0], dtype=torch.float64).sqrt()[:, None] * q.T
    optimum = torch.tensor([1.5, 2.0], dtype=torch.float64)
    return Regression(x, x @ optimum).to(lab.device, lab.dtype), optimum.to(lab.device, lab.dtype)


def spread(low: float, high: float, d: int) -> list[float]:
    """``d`` curvatures from ``low`` to ``high``, equally far apart in their logarithm."""
    if not 0 < low <= high or d < 1:
        raise ValueError(f"curvatures from {low} to {high}, {d} of them: needs 0 < low <= high and at least one")
    return [low * (high / low) ** (i / max(d - 1, 1)) for i in range(d)]
