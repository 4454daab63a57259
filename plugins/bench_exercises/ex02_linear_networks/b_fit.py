"""2b: one matrix of limited rank, and the singular values that are lost."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import figures
from .by_hand import Optimum, numerical_rank, optimum
from .network import WIDTHS, folded, gradients, initial
from .problem import Task, draw
from .reference import gradients_by_autograd, lbfgs

EXACT = 1e-10


def study(lab: Lab) -> None:
    task, _ = draw(lab, 40, 8, 6)
    best, generator = optimum(task), lab.generator()
    networks = {name: initial(task, width, generator) for name, width in WIDTHS.items()}
    networks["three layers"] = [*networks["B"], torch.randn(6, 6, generator=generator).to(task.x)]
    gaps = [
        gap(a, b)
        for net in networks.values()
        for a, b in zip(gradients(task, net), gradients_by_autograd(task, net), strict=True)
    ]
    lab.claim("gradients by hand = autograd, all networks", largest(gaps), at_most=1e-12)
    layers = [gap(task.x @ folded(net), through(task.x, net)) for net in networks.values()]
    lab.claim("layer after layer = one matrix, all networks", largest(layers), at_most=1e-12)
    losses = [abs(best.error(r) - task.error(best.map(r))) / task.y.square().sum() for r in range(1, 7)]
    lab.claim("error of the best rank-r map = floor + σ²ᵣ₊₁ + … , r = 1 … 6", largest(losses), at_most=1e-12)
    direct = torch.linalg.lstsq(task.x, task.y).solution
    lab.claim("the best map of full rank = least squares", gap(best.map(6), direct), at_most=EXACT)
    rivals = best_of_random(
        task, best, width=4, generator=generator, candidates=lab.pick(smoke=500, quick=5000, full=50_000)
    )
    lab.claim("no random map of rank 4 fits better: smallest excess", rivals, at_least=0)
    trained(lab, task, generator)


def trained(lab: Lab, task: Task, generator: torch.Generator) -> None:
    """Networks of every width: the rank that they have, the error that they reach, and the picture of both."""
    best, widths = optimum(task), [1, 2, 3, 4, 5, 6, 8, 16]
    maps = {width: folded(lbfgs(task, initial(task, width, generator))) for width in widths}
    ranks = {width: numerical_rank(torch.linalg.svdvals(found)) for width, found in maps.items()}
    lab.claim("rank of the trained W1 W2, 4 units", ranks[4], equals=4)
    lab.claim("rank of the trained W1 W2, 16 units", ranks[16], equals=6)
    apart = largest(gap(task.x @ found, task.x @ best.map(width)) for width, found in maps.items())
    lab.claim("the trained fit is the best fit, every width: relative difference", apart, at_most=1e-2)
    lab.table(
        "By width",
        [
            {"units": w, "rank of W1 W2": ranks[w], "at best": float(best.error(w)), "trained": float(task.error(m))}
            for w, m in maps.items()
        ],
    )
    picture = figures.singular_values(
        best.singular.tolist(),
        4,
        widths,
        best=[float(best.error(w)) for w in widths],
        trained=[float(task.error(found)) for found in maps.values()],
    )
    lab.figure("singular values", picture, SINGULAR)


SINGULAR = (
    "Left: four units keep the four largest singular values of the best fit; the squares of the others are what "
    "network B loses. Right: the error falls with every unit up to six, and then no more: 16 are no richer than 6."
)


def gap(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def through(x: Tensor, weights: list[Tensor]) -> Tensor:
    for weight in weights:
        x = x @ weight
    return x


def best_of_random(task: Task, best: Optimum, *, width: int, generator: torch.Generator, candidates: int) -> Tensor:
    """The lowest error, above the optimum, of random maps of this rank: half near the optimum, half anywhere.

    Near means that both factors of the optimum are disturbed by 0.1 % to 100 % of their size.
    """
    sizes = 10 ** (-3 * torch.rand(candidates // 2, generator=generator))
    near = [disturbed(factor, sizes, generator) for factor in best.factors(width)]
    far = [
        disturbed(torch.zeros_like(factor), torch.ones(candidates // 2), generator) for factor in best.factors(width)
    ]
    errors = [task.error(first @ second).min() for first, second in (near, far)]
    return torch.stack(errors).min() - best.error(width)


def disturbed(factor: Tensor, sizes: Tensor, generator: torch.Generator) -> Tensor:
    """One copy of ``factor`` (rows, columns) for each of the ``sizes``, with normal noise of that size added."""
    noise = sizes[:, None, None] * torch.randn(len(sizes), *factor.shape, generator=generator)
    return factor + noise.to(factor) / factor.shape[0] ** 0.5
