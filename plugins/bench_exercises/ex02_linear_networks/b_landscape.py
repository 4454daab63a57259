"""2b.saddles: the critical points of a network with a bottleneck, and which of them are minima.

The theory gives all of them: XW1W2 is P projected on some of its singular directions, a choice I. The study counts the
directions of descent at every choice, and then looks for critical points without the theory (`b_search`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, relative_error

from .b_search import searched
from .by_hand import Optimum, optimum, second_derivatives
from .network import folded, gradients
from .problem import Task, draw
from .reference import hessian

EXACT, UNITS = 1e-10, 4
FLAT = 1e-9
"""An eigenvalue below this part of the largest is zero: rounding leaves 1e-15, and the theory knows no other small."""


def study(lab: Lab, n: int, d: int, m: int) -> None:
    task, _ = draw(lab, n, d, m)
    best = optimum(task)
    points = critical_points(task, best, UNITS)
    lab.claim(
        "gradient at every choice of at most 4 directions", largest(point.slope for point in points), at_most=EXACT
    )
    by_hand = [relative_error(point.curvature, hessian(task, point.weights)) for point in points[:: len(points) // 3]]
    lab.claim("second derivatives by hand = autograd", largest(by_hand), at_most=EXACT)
    counted(lab, task, best, points)
    lab.table("Critical points of network B", [point.row() for point in points if len(point.kept) == UNITS])
    turns(lab, task, best)
    if torch.linalg.matrix_rank(task.x) == d:
        # Else a column of W1 may lie in directions that no sample has, and XW1 holds nothing but its rounding.
        searched(lab, task, best, UNITS)
    first, second = best.factors(UNITS)
    change = torch.eye(len(second)).to(first) + torch.randn(2 * [len(second)], generator=lab.generator()).to(first) / 8
    twin = (first @ change) @ torch.linalg.solve(change, second)
    lab.claim("other weights, W1 G and G⁻¹ W2, are the same map", relative_error(twin, first @ second), at_most=EXACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A choice of directions with the weights (W1, W2) that it gives: its error, largest ``slope``, Hessian
    ``curvature`` (p, p) with its ``eigenvalues`` in rising order, and what the theory says of them."""

    kept: tuple[int, ...]
    weights: Sequence[Tensor]
    error: float
    slope: float
    curvature: Tensor
    eigenvalues: Tensor
    descents: int
    steepest: float

    @property
    def falling(self) -> int:
        return int((self.eigenvalues < -FLAT * self.eigenvalues[-1]).sum())

    @property
    def flat(self) -> int:
        return int((self.eigenvalues.abs() <= FLAT * self.eigenvalues[-1]).sum())

    def row(self) -> dict[str, Any]:
        return {
            "directions kept": ", ".join(str(index + 1) for index in self.kept),
            "squared error": self.error,
            "largest gradient": self.slope,
            "smallest curvature": float(self.eigenvalues[0]),
            "directions of descent": self.falling,
            "by the theory": self.descents,
        }


def critical_points(task: Task, best: Optimum, width: int) -> list[Point]:
    """Every choice of at most ``width`` singular directions; the best choice is the first."""
    directions = len(best.singular)
    sizes = range(min(width, directions), -1, -1)
    return [point(task, best, kept, width) for size in sizes for kept in combinations(range(directions), size)]


def point(task: Task, best: Optimum, kept: tuple[int, ...], width: int) -> Point:
    spare = width - len(kept)
    first, second = best.chosen(list(kept))
    # Units to spare have no weights at all, before them nor behind.
    first, second = torch.nn.functional.pad(first, (0, spare)), torch.nn.functional.pad(second, (0, 0, 0, spare))
    curvature = second_derivatives(task, first, second)
    return Point(
        kept=kept,
        weights=(first, second),
        error=float(task.error(folded((first, second)))),
        slope=largest(slope.abs().max() for slope in gradients(task, (first, second))),
        curvature=curvature,
        eigenvalues=torch.linalg.eigvalsh(curvature),
        descents=descents(best, kept, spare),
        steepest=steepest(task, best, kept, spare),
    )


def descents(best: Optimum, kept: tuple[int, ...], spare: int) -> int:
    """Pairs of a kept direction i and a larger one j left out, and for each unit to spare every direction left out."""
    values = best.singular.tolist()
    left = [j for j in range(len(values)) if j not in kept]
    return sum(values[j] > values[i] for i in kept for j in left) + spare * len(left)


def steepest(task: Task, best: Optimum, kept: tuple[int, ...], spare: int) -> float:
    """The curvature in the best of all turns from a kept i to a j left out: no eigenvalue can be the smallest above it.

    With Xw = u_j, W1 moves by a w and W2 by b v_j: |P - XW1W2|^2 changes by a^2 + σ_i^2 b^2 - 2 σ_j ab, and the step
    has the length a^2 |w|^2 + b^2. A unit to spare has only the last term.
    """
    values = best.singular.tolist()
    found = [0.0]
    for j in (j for j in range(len(values)) if j not in kept):
        length = float((best.ols @ best.right[:, j]).norm() / values[j])
        for own, at in [(1.0, values[i]) for i in kept] + ([(0.0, 0.0)] if spare else []):
            form = torch.tensor([[own / length**2, -values[j] / length], [-values[j] / length, at**2]])
            found.append(float(torch.linalg.eigvalsh(form.double())[0]) / task.sizes[0])
    return min(found)


def counted(lab: Lab, task: Task, best: Optimum, points: list[Point]) -> None:
    minimum, *others = points
    lab.claim("smallest curvature at the best choice", minimum.eigenvalues[0], at_least=-EXACT)
    lab.claim(
        "smallest curvature at any other choice, above that of its best turn",
        largest(float(point.eigenvalues[0]) - point.steepest for point in others),
        at_most=EXACT,
    )
    lab.metric("smallest curvature at any other choice", largest(point.eigenvalues[0] for point in others))
    wrong = sum(point.falling != point.descents for point in points)
    lab.metric("critical points, by choices of directions", len(points))
    lab.claim("directions of descent = those of the theory: exceptions", wrong, equals=0)
    lab.claim("critical points without a direction of descent", sum(not point.falling for point in points), equals=1)
    # An invertible G has r² numbers; what W1 does to directions that no sample has changes nothing either.
    unseen = task.sizes[1] - int(torch.linalg.matrix_rank(task.x))
    used = min(UNITS, len(best.singular))
    if used == UNITS:
        lab.claim("flat directions at the best choice", minimum.flat, equals=UNITS * (UNITS + unseen))


def turns(lab: Lab, task: Task, best: Optimum) -> None:
    """Turn one kept direction towards one left out: up from the best choice, down from the saddle beside it."""
    if len(best.singular) <= UNITS:
        return
    angles = torch.linspace(0, torch.pi / 2, 31).to(task.x)
    worst = []
    for name, start, towards in (("the best choice, turned", 3, 4), ("the saddle, turned", 4, 3)):
        errors = torch.stack([turned(task, best, (start, towards), float(angle)) for angle in angles])
        gain = best.singular[towards] ** 2 - best.singular[start] ** 2
        worst.append((errors - errors[0] + gain * angles.sin() ** 2).abs().max() / task.y.square().sum())
        axes: dict[str, Any] = {"x_label": "angle (degrees)", "y_label": "error above the optimum, over ‖Y‖²"}
        above = (errors - best.error(UNITS)) / task.y.square().sum()
        lab.curve("Turning one direction towards another", angles.rad2deg(), above, series=name, **axes)
    lab.claim("a turn by θ gains (σⱼ² − σᵢ²) sin² θ: largest error over ‖Y‖²", largest(worst), at_most=EXACT)


def turned(task: Task, best: Optimum, pair: tuple[int, int], angle: float) -> Tensor:
    """The error of B where three units keep the first three directions, and one is between two others."""
    turn = torch.tensor(angle, dtype=task.x.dtype)
    start, towards = pair
    between = turn.cos() * best.right[:, start] + turn.sin() * best.right[:, towards]
    code = torch.stack([*best.right[:, : UNITS - 1].T, between], dim=1)
    return task.error(best.ols @ code @ code.mT)
