"""10a: how far a curve jumps, predicted from the spread of the costs at frozen weights, and observed.

A batch of B images has the mean of B costs; drawn apart, two batches differ by √2 σ_ℓ/√B, where σ_ℓ is the standard
deviation of the cost of one image at the weights that both meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from .figures import against_prediction
from .problem import History, Spread

SIDES = ("train", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Jumps:
    """Mean squares of the jumps around each look: observed, predicted, and the relative variance of either."""

    observed: Tensor
    predicted: Tensor
    observed_error: Tensor
    predicted_error: Tensor

    @property
    def ratio(self) -> float:
        """How much further than predicted a curve jumps, over all looks together."""
        return float((self.observed.sum() / self.predicted.sum()).sqrt())

    @property
    def predicted_only(self) -> float:
        """The standard error of the logarithm of the predicted jump."""
        return float((self.predicted * self.predicted_error).square().sum().sqrt() / self.predicted.sum()) / 2

    @property
    def error(self) -> float:
        """The standard error of the logarithm of ``ratio``: of either side, and by which the pieces scatter."""
        apart = (self.observed / self.predicted).log()
        scatter = float(apart.var() / len(apart)) if len(apart) > 1 else 0.0
        shares = (
            (values * errors).square().sum() / values.sum().square()
            for values, errors in ((self.observed, self.observed_error), (self.predicted, self.predicted_error))
        )
        return float(sum(shares) + scatter) ** 0.5 / 2


def jumps(history: History, side: str) -> Jumps:
    """Of the cost of the ``side``'s batches, in the pieces of the training that the looks are the middles of."""
    curve = getattr(history.curves, f"{side}_loss").double()
    squares = [piece.diff().square() for piece in pieces(curve, history.spreads)]
    spreads = torch.tensor(
        [[getattr(each, side), getattr(each, f"{side}_error")] for each in history.spreads], dtype=torch.float64
    )
    return Jumps(
        observed=torch.stack([square.mean() for square in squares]),
        observed_error=torch.stack([relative_error_of(square) for square in squares]),
        predicted=2 * spreads[:, 0] / history.batch,
        predicted_error=spreads[:, 1],
    )


def relative_error_of(squares: Tensor) -> Tensor:
    """Relative standard error of the mean of squared jumps; of a single one it is the whole."""
    if len(squares) < 2:
        return torch.ones((), dtype=squares.dtype)
    # Two successive squares share a batch: their mean varies by up to √2 more than that of independent ones.
    return squares.std() / squares.mean() * (2 / len(squares)) ** 0.5


def pieces(curve: Tensor, spreads: Sequence[Spread]) -> list[Tensor]:
    """The curve cut half-way between the looks."""
    looks = [spread.step for spread in spreads]
    cuts = [(a + b) // 2 for a, b in pairwise(looks)]
    return list(torch.tensor_split(curve, cuts))


def predicted(lab: Lab, histories: Sequence[History]) -> None:
    """Record both against each other, and hold the curves of the test batches to what is predicted."""
    long = [history for history in histories if len(history.seen) >= SHORTEST * len(history.spreads)]
    tests = [jumps(history, "test") for history in long]
    for history, test in zip(long, tests, strict=True):
        lab.metric(f"jump of test cost over the predicted √2 σ/√B, batch {history.batch}", test.ratio)
        lab.metric(f"its standard error, batch {history.batch}", test.error * test.ratio)
        lab.metric(f"predicted jump of test cost, batch {history.batch}", root(test.predicted))
    if tests:
        points = {
            f"batch {history.batch}": (test.predicted.sqrt(), test.observed.sqrt())
            for history, test in zip(long, tests, strict=True)
        }
        lab.figure(CHART, against_prediction(points), CAPTION)
        lab.table("Jumps of the cost, predicted at frozen weights and observed", map(row, long))
        hold(lab, tests)


def hold(lab: Lab, tests: Sequence[Jumps]) -> None:
    """Each batch size by its own error; and all together, by what tells √2 σ from σ, or the one set from the other."""
    logs = [log(test.ratio) for test in tests]
    worst = largest(abs(of) / test.error for of, test in zip(logs, tests, strict=True))
    lab.claim(AS_PREDICTED, worst, at_most=4, as_declared=True)
    weights = [test.error**-2 for test in tests]
    mean = sum(weight * of for weight, of in zip(weights, logs, strict=True)) / sum(weights)
    lab.claim(TOGETHER, abs(mean), at_most=0.25, as_declared=True)
    lab.metric("all batch sizes together: ln(observed/predicted)", mean)
    lab.metric("its standard error, all batch sizes together", sum(weights) ** -0.5)


def row(history: History) -> dict[str, Any]:
    found = {side: jumps(history, side) for side in SIDES}
    shown = {f"{side}: {name}": root(getattr(of, name)) for side, of in found.items() for name in OF}
    ratios = {f"{side}: observed over predicted": of.ratio for side, of in found.items()}
    return {"batch size": history.batch} | shown | ratios | {"± (test)": found["test"].error * found["test"].ratio}


SHORTEST = 4
"""Iterations that a piece must have to be judged at all."""
OF = ("observed", "predicted")
CHART = "jump of the test cost: observed against predicted"
CAPTION = "A point is a piece of a training: its jumps, against what the weights in its middle predict."
AS_PREDICTED = "test curves jump as predicted at frozen weights: |ln(observed/predicted)|, in standard errors"
TOGETHER = "test curves jump as predicted, all batch sizes together: |ln(observed/predicted)|"


def root(mean_squares: Tensor) -> float:
    return float(mean_squares.mean().sqrt())
