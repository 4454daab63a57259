"""Independent ways to know what is right: which draws keep away from kinks, central differences, one update."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from bench import Lab
from bench.kit.byhand import central_differences, relative_error
from bench.kit.compare import largest

from .by_hand import backward, forward, parameters, step
from .problem import POOLS, SHEET_LR, Filter, data, draws

LENGTHS = {"average": 0.2, "max": 0.55}
"""How long e must be for a first-order prediction: the curvature of |e| grows like 1 / |e|."""
GAP = 0.03
"""How far the two values of a window, and e from its axes, must be apart: one update moves them by less."""


def smooth(x: Tensor, f: Filter, sigma: float) -> bool:
    """Whether both models are differentiable here with room to spare; lengths scale with ``sigma`` / 0.1."""
    scale = sigma / 0.1
    models = {pool: forward(x, f, pool) for pool in POOLS}
    windows = models["max"].y.unfold(1, 2, 1)
    return all(
        bool(at.e.norm() >= scale * LENGTHS[pool]) and bool(at.e.abs().min() >= scale * GAP)
        for pool, at in models.items()
    ) and bool((windows[..., 0] - windows[..., 1]).abs().min() >= scale * GAP)


def starts(lab: Lab, sigma: float, count: int) -> tuple[list[Filter], int]:
    """The first ``count`` draws at which both models are smooth, and how many draws that took."""
    x, found = data(lab), []
    for number, f in enumerate(draws(lab, sigma), start=1):
        if smooth(x, f, sigma):
            found.append(f)
        if len(found) == count:
            return found, number
    raise AssertionError("draws() does not end")


def numeric(x: Tensor, f: Filter, pool: str, norm: str) -> Filter:
    """Central differences of the loss by each of the five parameters."""

    def loss(weight: Tensor, bias: Tensor) -> Tensor:
        return forward(x, Filter(weight, bias), pool, norm).loss

    return Filter(*central_differences(loss, (f.weight, f.bias)))


def claim_gradients(lab: Lab, x: Tensor, filters: Sequence[Filter], *, pool: str, norms: Sequence[str]) -> None:
    """By hand against central differences, and the bias gradient, at every filter and for every norm."""
    gaps, biases = [], []
    for f in filters:
        for norm in norms:
            back = backward(forward(x, f, pool, norm), x, norm)
            gaps.append(relative_error(parameters(back), parameters(numeric(x, f, pool, norm))))
            biases.append(back.bias.abs().max())
    lab.claim(f"{pool}: gradient by hand = central differences", largest(gaps), at_most=1e-7)
    lab.claim(f"{pool}: the gradient of the bias is exactly 0", largest(biases), equals=0)


def claim_decrease(lab: Lab, x: Tensor, filters: Sequence[Filter], pool: str) -> None:
    """One update at the sheet's rate lowers |e| by lr |g|^2, to first order."""
    worst = largest(abs(decrease(x, f, pool) - 1) for f in filters)
    lab.claim(f"{pool}: one update lowers the loss by lr·‖g‖², relative error", worst, at_most=0.02)


def decrease(x: Tensor, f: Filter, pool: str) -> float:
    """By how much one update lowers the loss, in units of lr |g|^2."""
    before = forward(x, f, pool)
    back = backward(before, x)
    after = forward(x, step(f, back, SHEET_LR), pool)
    return float((before.loss - after.loss) / (SHEET_LR * parameters(back).square().sum()))
