"""2c: what the number of samples decides: whether a fit is perfect, and whether it is the only one."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, relative_error, smallest

from . import c_new_inputs, c_starts
from .by_hand import optimum
from .checks import left_out, singular_values
from .network import attainable_rank
from .problem import Task, draw

PERFECT = 1e-20
"""An error over |Y|^2 below this is none: rounding leaves about 1e-30, and a lost direction some 1e-3."""


def study(lab: Lab) -> None:
    task, _ = draw(lab, 40, 8, 6)
    rows = sweep(task, 16)
    by_n = {int(r["n"]): r for r in rows}
    lab.table("The first n samples, d=8, m=6: least error over ‖Y‖²", rows)
    for name, series in (("A", "A and C"), ("B", "B")):
        axes: dict[str, Any] = {"x_label": "samples n", "y_label": "least error over ‖Y‖²"}
        lab.curve("least error by number of samples", by_n, [r[name] for r in rows], series=series, **axes)
    lab.claim(
        "n ≤ 4: B fits every sample, error over ‖Y‖²", largest(by_n[n]["B"] for n in range(1, 5)), at_most=PERFECT
    )
    lab.claim(
        "n ≤ d = 8: A and C fit every sample", largest(by_n[n][k] for n in range(1, 9) for k in "AC"), at_most=PERFECT
    )
    lab.claim(
        "n ≥ 5: B loses at least, over ‖Y‖²",
        smallest(r["B"] - r["A"] for n, r in by_n.items() if n > 4),
        at_least=PERFECT,
    )
    lab.claim(
        "every n: what B loses = σ₅² + σ₆² of the first n samples: difference over ‖Y‖²",
        largest(abs(r["B"] - r["A"] - left_out(first(task, n), 4)) for n, r in by_n.items()),
        at_most=1e-12,
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
    lab.claim("with biases B fits n = 5 samples as well", lost(five, 4), at_most=PERFECT)
    lab.claim("without them it does not", by_n[5]["B"], at_least=PERFECT)
    conditions(lab, task)
    c_starts.uniqueness(lab, task, first(task, 6))
    c_new_inputs.curves(lab)


def conditions(lab: Lab, task: Task) -> None:
    """What a perfect fit needs besides n ≤ d: of C at most 16 directions, of every network independent inputs."""
    many, _ = draw(lab, 17, 18, 18)
    lab.claim("n = 16, d = m = 18: C fits every sample", lost(first(many, 16), 16), at_most=PERFECT)
    lab.claim("n = 17, d = m = 18: C does not", lost(many, 16), at_least=PERFECT)
    four = first(task, 4)
    twins = Task(four.x[[0, 0, 2, 3]], four.y)
    law = (four.y[0] - four.y[1]).square().sum() / 2
    lab.claim(
        "n = 4, two inputs equal: error of A = half the square of their targets' difference",
        relative_error(optimum(twins).floor, law),
        at_most=1e-12,
    )


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
                "rank of the fit": int((singular_values(few) > 1e-10 * singular_values(few)[0]).sum()),
            }
        )
    return rows
