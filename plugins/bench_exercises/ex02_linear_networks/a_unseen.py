"""How good the answers are where it counts: the error of the fitted maps on new inputs."""

from __future__ import annotations

from typing import Any

from bench import Lab

from .by_hand import optimum
from .problem import draw

RANKS = (2, 4, 6)


def study(lab: Lab) -> None:
    draws = lab.pick(smoke=200, quick=1000, full=10_000)
    simple = errors(lab, draws, rank=2, noise=2.0)
    rich = errors(lab, draws, rank=6, noise=0.25)
    lab.table(
        "Squared error on new inputs, all outputs together, without the noise: mean over the tasks",
        [row("true map of rank 2, much noise", simple), row("true map of rank 6, little noise", rich)],
    )
    lab.claim("true map of rank 2, much noise: new-input error of B over A", simple[4] / simple[6], at_most=1)
    lab.claim("true map of rank 6, little noise: new-input error of B over A", rich[4] / rich[6], at_least=1)


def errors(lab: Lab, draws: int, rank: int, noise: float) -> dict[int, float]:
    """By rank of the fitted map: the mean over ``draws`` tasks of E|x(W - T)|^2 = |W - T|^2, x standard normal.

    A and C fit with rank 6, B with rank 4; rank 2 is shown beside them.
    """
    tasks, true = draw(lab, 40, 8, 6, rank=rank, noise=noise, many=draws)
    best = optimum(tasks)
    return {fit: float((best.map(fit) - true).square().sum(dim=(-2, -1)).mean()) for fit in RANKS}


def row(name: str, found: dict[int, float]) -> dict[str, Any]:
    return {"task": name, "A and C (rank 6)": found[6], "B (rank 4)": found[4], "2 units (rank 2)": found[2]}
