"""2c: how the error on new inputs hangs on the number of samples."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, smallest

from .by_hand import optimum
from .problem import draw

INPUTS, OUTPUTS, TRUE_RANK, NOISE = 8, 6, 2, 1.0
SAMPLES = (2, 3, 4, 12, 13, 14, 16, 20, 24, 32, 40)
"""Not from d - 3 to d + 3: there the error's variance, or its mean, is infinite."""
CLOSE = (5, 6, 7, 8, 9, 10, 11)
INFINITE = (INPUTS - 1, INPUTS, INPUTS + 1)
SURE = 5.0
Found = tuple[Tensor, Tensor, Tensor]
"""Of a number of samples, what ``errors`` gives."""


def curves(lab: Lab) -> None:
    draws = lab.pick(smoke=200, quick=500, full=5000)
    found = {n: errors(lab, n, draws) for n in lab.track(SAMPLES, "numbers of samples")}
    lab.claim(
        "error of A on new inputs = its law, n ≤ 4 and n ≥ 12: standard errors",
        largest(standard_errors(n, a, signal) for n, (a, _, signal) in found.items()),
        at_most=SURE,
    )
    rows = [
        {"n": n, "A and C": float(a.mean()), "A and C, law": float(law(n, signal).mean()), "B": float(b.mean())}
        for n, (a, b, signal) in found.items()
    ]
    lab.table("Squared error on new inputs by number of samples, d=8, m=6, true map of rank 2", rows)
    close = {n: errors(lab, n, draws) for n in CLOSE}
    every = dict(sorted((found | close).items()))
    bottleneck(lab, every)
    medians(lab, every)


def medians(lab: Lab, found: dict[int, Found]) -> None:
    """They exist for every n, the peak included."""
    axes: dict[str, Any] = {"x_label": "samples n", "y_label": "median error on new inputs", "scale": "log-y"}
    for i, series in enumerate(("A and C", "B")):
        y = [each[i].median() for each in found.values()]
        lab.curve("error on new inputs by number of samples", list(found), y, series=series, **axes)
    ratios = []
    for i in range(2):
        peak, others = ([e[i].median() for n, e in found.items() if (n in INFINITE) == at] for at in (True, False))
        ratios.append(smallest(peak) / largest(others))
    name = "median error: the least of n = 7, 8, 9 over the largest of all others"
    lab.claim(name, smallest(ratios), at_least=1)


def bottleneck(lab: Lab, found: dict[int, Found]) -> None:
    """B against A, task by task: medians and shares, which exist where the means do not."""
    shares = {n: (b < a).double().mean() for n, (a, b, _) in found.items() if n > 4}
    lab.claim(
        "n ≥ 5: share of tasks in which B is better than A, above a half, in standard errors",
        smallest(2 * (share - 0.5) * len(found[n][0]) ** 0.5 for n, share in shares.items()),
        at_least=SURE,
    )
    rows = [
        {"n": n, "A and C": found[n][0].median(), "B": found[n][1].median(), "B is better (%)": 100 * share}
        for n, share in shares.items()
    ]
    lab.table("Medians of the squared error on new inputs, true map of rank 2", rows)


def errors(lab: Lab, n: int, draws: int) -> Found:
    """For each draw E|x(W - T)|^2 of A, of B, and |T|^2: the error of a map that answers zero."""
    tasks, true = draw(lab, n, INPUTS, OUTPUTS, rank=TRUE_RANK, noise=NOISE, many=draws)
    best = optimum(tasks)
    a, b = ((best.map(rank) - true).square().sum(dim=(-2, -1)) for rank in (OUTPUTS, 4))
    return a, b, true.square().sum(dim=(-2, -1))


def law(n: int, signal: Tensor) -> Tensor:
    """s^2 m d / (n - d - 1) for n > d + 1; below d - 1 the part 1 - n/d of the signal is missed, and
    s^2 m n / (d - n - 1) is added."""
    d, noise = INPUTS, NOISE**2 * OUTPUTS
    return 0 * signal + noise * d / (n - d - 1) if n > d else (1 - n / d) * signal + noise * n / (d - n - 1)


def standard_errors(n: int, found: Tensor, signal: Tensor) -> float:
    gap = found - law(n, signal)
    return abs(float(gap.mean() / (gap.std() / len(gap) ** 0.5)))
