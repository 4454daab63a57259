"""2c: what the number of samples decides: whether a fit is perfect, and whether it is the only one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, smallest

from .by_hand import optimum
from .network import attainable_rank, folded, initial
from .problem import Task, draw
from .reference import lbfgs


def study(lab: Lab) -> None:
    task, _ = draw(lab, 40, 8, 6)
    rows = sweep(task, 16)
    by_n = {int(r["n"]): r for r in rows}
    lab.table("The first n samples, d=8, m=6: least error over ‖Y‖²", rows)
    for name, series in (("A", "A and C"), ("B", "B")):
        axes: dict[str, Any] = {"x_label": "samples n", "y_label": "least error over ‖Y‖²"}
        lab.curve("least error by number of samples", by_n, [r[name] for r in rows], series=series, **axes)
    lab.claim("n ≤ 4: B fits every sample, error over ‖Y‖²", largest(by_n[n]["B"] for n in range(1, 5)), at_most=1e-20)
    lab.claim(
        "n ≤ d = 8: A and C fit every sample", largest(by_n[n][k] for n in range(1, 9) for k in "AC"), at_most=1e-20
    )
    lab.claim(
        "n ≥ 5: B loses at least, over ‖Y‖²",
        smallest(r["B"] - r["A"] for n, r in by_n.items() if n > 4),
        at_least=1e-12,
    )
    lab.claim(
        "the rank of the fit is min(n, d, m): exceptions",
        sum(r["rank of the fit"] != min(int(r["n"]), 6) for r in rows),
        equals=0,
    )
    most = lab.pick(smoke=7, quick=9, full=12)
    lab.metric("the largest n, d and m tried", most)
    lab.claim("B is worse than A exactly where min(n, d, m) > 4: exceptions", disagreements(lab, most), equals=0)
    five = first(task, 5).centred()
    lab.claim("with biases B fits n = 5 samples as well", lost(five, 4), at_most=1e-20)
    uniqueness(lab, task)


def uniqueness(lab: Lab, task: Task) -> None:
    """Six samples of eight inputs leave two directions of W undecided; forty leave none."""
    few = first(task, 6)
    nowhere, fits = unreached(few), solutions(lab, few)
    lab.claim("n = 40: directions of input space that no sample has", unreached(task).norm(), at_most=1e-12)
    lab.claim("n = 6: number of such directions", torch.linalg.matrix_rank(nowhere, atol=1e-6), equals=2)
    shortest = optimum(few).ols
    other = shortest + nowhere @ torch.randn(8, 6, generator=lab.generator()).to(shortest)
    lab.claim(
        "n = 6: another map fits as perfectly, error over ‖Y‖²", few.error(other) / few.y.square().sum(), at_most=1e-20
    )
    lab.claim("n = 6: and differs from the shortest by, relative", gap(other, shortest), at_least=0.01)
    lab.claim("n = 6: A from zero ends in the shortest map", gap(fits["A from zero"], shortest), at_most=1e-6)
    for name in ("A from random weights", "C from random weights"):
        lab.claim(f"n = 6: {name} ends elsewhere, relative distance", gap(fits[name], shortest), at_least=0.01)
    lab.claim(
        "n = 6: all of these fit perfectly, error over ‖Y‖²",
        largest(few.error(w) for w in fits.values()) / few.y.square().sum(),
        at_most=1e-12,
    )


def gap(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def disagreements(lab: Lab, most: int) -> int:
    """Over all n, d, m from 1 to ``most``: how often "B is worse than A" is not the same as min(n, d, m) > 4."""
    stream, count = lab.generator(), 0

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=stream).to(lab.device, lab.dtype)

    for n in range(1, most + 1):
        for d in range(1, most + 1):
            for m in range(1, most + 1):
                task = Task(normal(n, d), normal(n, m))
                best = optimum(task)
                lost = float((best.error(4) - best.error(m)) / task.y.square().sum())
                count += (lost > 1e-20) != (min(n, d, m) > 4)
    return count


def first(task: Task, n: int) -> Task:
    return Task(task.x[:n], task.y[:n])


def lost(task: Task, width: int | None) -> float:
    """The least error of a network of this width, in parts of |Y|^2."""
    _, d, m = task.sizes
    return float(optimum(task).error(attainable_rank(width, d, m)) / task.y.square().sum())


def sweep(task: Task, most: int) -> list[dict[str, Any]]:
    """The first 1, 2, ... samples of a task: what A and C lose, what B loses, and the rank of the best fit."""
    rows: list[dict[str, Any]] = []
    for n in range(1, most + 1):
        few = first(task, n)
        a, b, c = (lost(few, width) for width in (None, 4, 16))
        rows.append(
            {
                "n": n,
                "A": a,
                "B": b,
                "C": c,
                "rank of X": int(torch.linalg.matrix_rank(few.x)),
                "rank of the fit": optimum(few).rank,
            }
        )
    return rows


def unreached(task: Task) -> Tensor:
    """The projection (d, d) on the directions of input space that no sample has."""
    _, d, _ = task.sizes
    return torch.eye(d).to(task.x) - torch.linalg.pinv(task.x) @ task.x


def solutions(lab: Lab, task: Task) -> dict[str, Tensor]:
    """Perfect fits (d, m) that different networks end in: A from zero, A, and C from random weights."""
    _, d, m = task.sizes
    generator = lab.generator()
    starts = {
        "A from zero": [torch.zeros(d, m).to(task.x)],
        "A from random weights": initial(task, None, generator),
        "C from random weights": initial(task, 16, generator),
    }
    return {name: folded(lbfgs(task, start)) for name, start in starts.items()}
