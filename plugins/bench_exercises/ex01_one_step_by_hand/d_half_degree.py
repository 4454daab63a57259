"""1d: why half a degree spoils the advantage, and at one rate only: rate, memory, and the diagonal itself."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import adam
from bench.kit.compare import largest, smallest

from .by_hand import Rule
from .d_descents import BETA1, STEPS, losses, slope
from .problem import valley

HALF = 0.5


def other_rates(lab: Lab, sgd: float, best: dict[str, float]) -> None:
    """The last losses at condition 10 000, turned by half a degree, each rule at its best rate of a grid."""
    for name, loss in best.items():
        lab.metric(f"turned by half a degree, best rate: {name}'s loss", loss)
    least = smallest(sgd / loss for loss in best.values())
    lab.claim("turned by half a degree, best rates: SGD's loss over the worse of both", least, at_least=1e3)


def milder(lab: Lab, lr: float, steps: int) -> None:
    """The same turn and rate where the condition is 100."""
    curvatures = (1.0, 100.0)
    last = {name: end(step, curvatures, lr, steps) for name, step in STEPS.items() if name != "SGD"}
    sgd = end(STEPS["SGD"], curvatures, 0.99 * 2 / max(curvatures), steps)
    over = sgd / largest(last.values())
    lab.claim("condition 100, turned by half a degree: SGD's loss over the worse of both", over, at_least=1e3)


def end(step: Rule, curvatures: tuple[float, float], rate: float, steps: int) -> float:
    matrix, start = valley(HALF, curvatures)
    return float(losses(step, matrix, start, torch.tensor([rate], dtype=torch.float64), steps=steps)[-1])


def memory(lab: Lab, curvatures: tuple[float, float], lr: float, steps: int) -> None:
    """Adam at the same rate, v forgetting after ten steps and after a thousand."""
    short, long = (end(partial(adam, betas=(BETA1, beta2)), curvatures, lr, steps) for beta2 in (0.9, 0.999))
    lab.metric("turned by half a degree, β₂ = 0.9: Adam's loss", short)
    lab.claim("turned by half a degree: Adam's loss with β₂ = 0.999 over that with 0.9", long / short, at_least=1e3)


def diagonal(lab: Lab, curvatures: tuple[float, float], steps: int) -> None:
    """Descent along D⁻¹g with D the diagonal of the Hessian: in √D x it has the condition κ of D^-½ H D^-½, so that its
    best rate shortens the error by (κ - 1) / (κ + 1) a step."""
    matrix, start = valley(HALF, curvatures)
    scale = matrix.diag()
    low, high = torch.linalg.eigvalsh(matrix / (scale[:, None] * scale).sqrt()).tolist()
    lab.metric("turned by half a degree: condition of the Hessian scaled by its diagonal", high / low)
    x = start[None]
    for _ in range(steps):
        x = x - 2 / (low + high) * slope(matrix[None], x) / scale
    law = half_square(matrix, start) * ((high - low) / (high + low)) ** (2 * steps)
    name = "turned by half a degree: loss after descent scaled by the diagonal of the Hessian"
    # Rounding of 1e-12 in each of 500 factors.
    lab.claim(name, half_square(matrix, x[0]), at_most=1.001 * law)


def half_square(matrix: Tensor, x: Tensor) -> float:
    return float(x @ matrix @ x / 2)
