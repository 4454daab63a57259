"""2b: one matrix of limited rank, and the singular values that are lost."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error, relative_error

from . import checks, figures
from .by_hand import Optimum, alternating, numerical_rank, optimum
from .network import WIDTHS, folded, gradients, initial, through
from .problem import Task, draw
from .reference import gradients_by_autograd, lbfgs

EXACT, REACHED = 1e-10, 1e-10
DIFFERENCES = 1e-6
"""Central differences with a step of 1e-5 are exact to about its square, over gradients of size 1."""
RANKS = range(1, 7)
BY_HAND = "gradients by hand = autograd, all networks"
ONE_MATRIX = "layer after layer = one matrix, all networks"
BEST = "error of the best rank-r map = floor + σ²ᵣ₊₁ + … , r = 1 … 6"


def study(lab: Lab) -> None:
    task, _ = draw(lab, 40, 8, 6)
    generator = lab.generator()
    networks = {name: initial(task, width, generator) for name, width in WIDTHS.items()}
    networks["three layers"] = [*networks["B"], torch.randn(6, 6, generator=generator).to(task.x)]
    of_networks(lab, task, networks)
    of_ranks(lab, task, generator)
    trained(lab, task, generator)
    break_it(lab, *mistakes(task, networks["B"]))


def of_networks(lab: Lab, task: Task, networks: dict[str, list[Tensor]]) -> None:
    expected = {name: gradients_by_autograd(task, net) for name, net in networks.items()}
    by_hand = {name: gradients(task, net) for name, net in networks.items()}
    lab.claim(BY_HAND, largest(relative_error(by_hand[name], expected[name]) for name in networks), at_most=1e-12)
    differences = [checks.gradients_by_differences(task, net) for net in networks.values()]
    lab.claim(
        "gradients by hand = central differences, all networks",
        largest(relative_error(*pair) for pair in zip(by_hand.values(), differences, strict=True)),
        at_most=DIFFERENCES,
    )
    layers = [relative_error(through(task.x, net), task.x @ folded(net)) for net in networks.values()]
    lab.claim(ONE_MATRIX, largest(layers), at_most=1e-12)


def of_ranks(lab: Lab, task: Task, generator: torch.Generator) -> None:
    """The formula against the error of its own maps, least squares, and a method that knows of no singular value."""
    best, scale = optimum(task), task.y.square().sum()
    lab.claim(BEST, largest(abs(best.error(r) - task.error(best.map(r))) / scale for r in RANKS), at_most=1e-12)
    direct = torch.linalg.lstsq(task.x, task.y).solution
    lab.claim("the best map of full rank = least squares", relative_error(best.map(6), direct), at_most=EXACT)
    starts = initial(task, 4, generator, many=20)[1]
    # A sweep shrinks what is wrong by (σ₅/σ₄)², and the excess by the square of that: so many reach rounding.
    sweeps = min(5000, math.ceil(math.log(1e-18) / (4 * math.log(float(best.singular[4] / best.singular[3])))))
    ends = task.error(folded(alternating(task, starts, sweeps=sweeps)))
    lab.claim(
        "alternating least squares, 20 random starts: furthest from the formula, over ‖Y‖²",
        (ends - best.error(4)).abs().max() / scale,
        at_most=REACHED,
    )


def trained(lab: Lab, task: Task, generator: torch.Generator) -> None:
    """Networks of every width: the rank that they have, the error that they reach, and the picture of both."""
    best, widths = optimum(task), [1, 2, 3, 4, 5, 6, 8, 16]
    maps = {width: folded(lbfgs(task, initial(task, width, generator))) for width in widths}
    ranks = {width: numerical_rank(torch.linalg.svdvals(found)) for width, found in maps.items()}
    lab.claim("rank of the trained W1 W2, 4 units", ranks[4], equals=4)
    lab.claim("rank of the trained W1 W2, 16 units", ranks[16], equals=6)
    reached(lab, task, maps)
    lab.table(
        "By width",
        [
            {"units": w, "rank of W1 W2": ranks[w], "at best": float(best.error(w)), "trained": float(task.error(m))}
            for w, m in maps.items()
        ],
    )
    errors = {"best": [float(best.error(w)) for w in widths], "trained": [float(task.error(m)) for m in maps.values()]}
    picture = figures.singular_values(best.singular.tolist(), 4, widths, **errors)
    lab.figure("singular values", picture, figures.SINGULAR)


def reached(lab: Lab, task: Task, maps: dict[int, Tensor]) -> None:
    best, scale = optimum(task), task.y.square().sum()
    excess = largest(abs(task.error(found) - best.error(width)) / scale for width, found in maps.items())
    lab.claim("trained error = the formula, every width: over ‖Y‖²", excess, at_most=REACHED)
    fits = {width: (task.x @ found, task.x @ best.map(width)) for width, found in maps.items()}
    lab.claim(
        "the trained fit is the best fit, every width: relative difference",
        largest((found - expected).norm() / expected.norm() for found, expected in fits.values()),
        at_most=largest(may_be_off(best, width, REACHED * float(scale)) for width in maps),
    )


def may_be_off(best: Optimum, rank: int, excess: float) -> float:
    """How far, relative to it, a fit can be from the best one of its rank at this ``excess``.

    To turn a kept direction by a little costs its square times 1 - σᵣ₊₁/σᵣ: near a tie, fits far apart are as good.
    """
    kept = best.singular[:rank]
    sharp = 1 - float(best.singular[rank] / kept[-1]) if rank < len(best.singular) else 1.0
    return float((excess / sharp) ** 0.5 / kept.norm())


def mistakes(task: Task, weights: list[Tensor]) -> list[Mistake]:
    expected, best, scale = gradients_by_autograd(task, weights), optimum(task), task.y.square().sum()
    found = [
        Mistake(name=name, fails=BY_HAND, value=relative_error(wrong(task, weights), expected))
        for name, wrong in checks.WRONG_GRADIENTS.items()
    ]
    for name, of in checks.WRONG_ERRORS.items():
        gaps = [abs(of(task, best, r) - task.error(best.map(r))) / scale for r in RANKS]
        found.append(Mistake(name=name, fails=BEST, value=largest(gaps)))
    bent = torch.tanh(task.x @ weights[0]) @ weights[1]
    value = max_error(bent, task.x @ folded(weights)) / float(bent.abs().max())
    return [*found, Mistake(name="an activation between the layers: tanh", fails=ONE_MATRIX, value=value)]
