"""2a.unseen: how good the answers are where it counts, on new inputs."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from bench import Lab

from .by_hand import optimum
from .problem import draw

SIZES = (40, 8, 6)
FITS = {"A and C": 6, "B": 4, "2 units": 2}
CASES = {"true map of rank 2, much noise": (2, 2.0), "true map of rank 6, little noise": (6, 0.25)}
"""Rank of the truth, and deviation of the noise of each target."""
SURE = 4.5
"""Standard errors: one true statement in 150,000 fails such a bound."""


def study(lab: Lab) -> None:
    draws = lab.pick(smoke=200, quick=1000, full=10_000)
    found = {name: errors(lab, draws, rank, noise) for name, (rank, noise) in CASES.items()}
    lab.table(
        "Squared error on new inputs, all outputs together, without the noise: mean over the tasks",
        [row(name, each) for name, each in found.items()],
    )
    for name, each in found.items():
        better_or_worse(lab, name, each)
        sampled_law(lab, name, each["A and C"])


def errors(lab: Lab, draws: int, rank: int, noise: float) -> dict[str, Tensor]:
    """For each of ``draws`` tasks the expected error of a fit on a new standard normal input: E|x(W - T)|^2 is
    |W - T|^2."""
    tasks, true = draw(lab, *SIZES, rank=rank, noise=noise, many=draws)
    best = optimum(tasks)
    return {name: (best.map(fit) - true).square().sum(dim=(-2, -1)) for name, fit in FITS.items()}


def better_or_worse(lab: Lab, name: str, found: dict[str, Tensor]) -> None:
    """B over A: the bound leaves as much as chance may do to the mean of paired differences."""
    a, b = found["A and C"], found["B"]
    chance = float(SURE * (b - a).std() / len(a) ** 0.5 / a.mean())
    claim, ratio = f"{name}: new-input error of B over A", b.mean() / a.mean()
    if name.startswith("true map of rank 2"):
        lab.claim(claim, ratio, at_most=1 - chance)
    else:
        lab.claim(claim, ratio, at_least=1 + chance)


def sampled_law(lab: Lab, name: str, found: Tensor) -> None:
    """Least squares with n normal inputs: E|W - T|^2 = s^2 m tr E (X^T X)^-1 = s^2 m d / (n - d - 1)."""
    (n, d, m), (_, noise) = SIZES, CASES[name]
    away = (found.mean() - noise**2 * m * d / (n - d - 1)) / (found.std() / len(found) ** 0.5)
    lab.claim(f"{name}: error of A = s²md/(n − d − 1), off by standard errors", abs(away), at_most=SURE)


def row(name: str, found: dict[str, Tensor]) -> dict[str, Any]:
    return {"task": name, **{f"{fit} (rank {FITS[fit]})": float(each.mean()) for fit, each in found.items()}}
