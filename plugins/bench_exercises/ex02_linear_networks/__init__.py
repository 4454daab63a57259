"""ex02: three linear networks, directly, through 4 units, and through 16."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl
from bench.kit.compare import largest, smallest

from . import landscape, pictures, samples, speed, unseen
from .comparing import SIZES, Reached, compare, disagreements
from .networks import WIDTHS, folded, gradients, gradients_by_autograd, initial
from .optimum import numerical_rank, optimum
from .problem import Task, draw
from .training import descend, lbfgs

exercise = Exercise(tags=("theory", "linear networks", "optimisation"))

EXACT = 1e-10

# The problem is `problem.py`; by hand are `optimum.py`, and the networks with their gradients in `networks.py`.


@exercise.study("a", "What each network can reach, and what training reaches")
def quality(lab: Lab) -> None:
    found = {name: compare(lab, draw(lab, *sizes)[0]) for name, sizes in SIZES.items()}
    everything = [one for nets in found.values() for one in nets.values()]
    lab.claim(
        "training reaches the optimum: largest excess, relative", largest(r.excess for r in everything), at_most=1e-4
    )
    below = smallest((r.trained - r.best) / r.scale for r in everything)
    lab.claim("and never passes below it", below, at_least=-EXACT)
    general = found["n=40, d=8, m=6"]
    lab.metric("squared error at best, A and C", general["C"].best)
    lab.metric("squared error at best, B", general["B"].best)
    for name, nets in found.items():
        worse = (nets["B"].trained - nets["A"].trained) / nets["A"].scale
        if name in ("n=40, d=8, m=6", "n=6 samples"):
            lab.claim(f"{name}: B is worse than A, by this part of ‖Y‖²", worse, at_least=1e-6)
        else:
            lab.claim(f"{name}: B = A, difference over ‖Y‖²", abs(worse), at_most=1e-6)
    sixteen = largest(abs(nets["C"].trained - nets["A"].trained) / nets["A"].scale for nets in found.values())
    lab.claim("C = A on every task, difference over ‖Y‖²", sixteen, at_most=1e-6)
    lab.table("Sum of squared errors", [row(name, nets) for name, nets in found.items()])


def row(name: str, nets: dict[str, Reached]) -> dict[str, Any]:
    at_best = {f"{net}, at best": nets[net].best for net in nets}
    trained = {f"{net}, trained": nets[net].trained for net in nets}
    return {"task": name, **at_best, **trained}


@exercise.study(
    "a.epochs", "What plain gradient descent has reached after few steps, and after many", rate=0.1, steps=1000
)
def epochs(lab: Lab, rate: float, steps: int) -> None:
    if steps < 10:
        raise ValueError(f"steps={steps}: the networks are compared after 10 steps, so there must be as many")
    for outputs in (6, 1):
        task, _ = draw(lab, 40, 8, outputs)
        generator, paths = lab.generator(), {}
        for name, width in WIDTHS.items():
            errors: list[Tensor] = []
            weights = initial(task, width, generator)
            descend(
                task,
                weights,
                rate=rate,
                steps=steps,
                see=partial(note, task, errors),
            )
            best = optimum(task).error(width or outputs)
            paths[name] = (torch.stack(errors) - best) / task.y.square().sum()
        record(lab, outputs, paths)


def note(task: Task, errors: list[Tensor], weights: Sequence[Tensor]) -> None:
    errors.append(task.error(folded(weights)))


def record(lab: Lab, outputs: int, paths: dict[str, Tensor]) -> None:
    """The way down of each network: error above its own optimum, in parts of |Y|^2."""
    chart = f"gradient descent, m={outputs}"
    for name, path in paths.items():
        axes: dict[str, Any] = {"x_label": "step + 1", "y_label": "error above its own optimum, over ‖Y‖²"}
        shown = path.clamp(min=1e-12)[: 1 + int((path > 1e-12).sum())]
        lab.curve(chart, range(1, len(shown) + 1), shown, series=name, scale="log-log", **axes)
        lab.metric(f"m={outputs}, {name}: error above its optimum after 10 steps", path[10])
    early = torch.stack([path[10] for path in paths.values()])
    if outputs == 1:
        lab.claim("m=1, after 10 steps: slowest over fastest network", early.max() / early.min(), at_least=1.05)
    lab.claim(
        f"m={outputs}, after the last step: A and C above their optimum",
        largest(paths["A"][-1], paths["C"][-1]),
        at_most=1e-4,
    )
    lab.metric(f"m={outputs}, B: error above its optimum after the last step", paths["B"][-1])


@exercise.study("a.unseen", "A worse fit can be the better answer: error on inputs that were not trained on")
def not_seen(lab: Lab) -> None:
    draws = lab.pick(smoke=200, quick=1000, full=10_000)
    simple = unseen.errors(lab, draws, rank=2, noise=2.0)
    rich = unseen.errors(lab, draws, rank=6, noise=0.25)
    lab.table(
        "Squared error on new inputs, all outputs together, without the noise: mean over the tasks",
        [unseen.row("true map of rank 2, much noise", simple), unseen.row("true map of rank 6, little noise", rich)],
    )
    lab.claim("true map of rank 2, much noise: new-input error of B over A", simple[4] / simple[6], at_most=1)
    lab.claim("true map of rank 6, little noise: new-input error of B over A", rich[4] / rich[6], at_least=1)


@exercise.study("b", "Why: one matrix of limited rank, and the singular values that are lost")
def reasons(lab: Lab) -> None:
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
    rivals = landscape.best_of_random(
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
    picture = pictures.singular_values(
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


@exercise.study("b.saddles", "No local minimum is in the way: every other critical point is a saddle", n=40, d=8, m=6)
def saddles(lab: Lab, n: int, d: int, m: int) -> None:
    task, _ = draw(lab, n, d, m)
    best = optimum(task)
    minimum, *others = landscape.critical_points(task, best, 4)
    lab.claim(
        "gradient at every choice of 4 directions",
        largest(float(p["largest gradient"]) for p in (minimum, *others)),
        at_most=EXACT,
    )
    lab.claim("smallest curvature at the best choice", minimum["smallest curvature"], at_least=-1e-9)
    lab.claim(
        "smallest curvature at any other choice", largest(float(p["smallest curvature"]) for p in others), at_most=-1e-6
    )
    lab.table("Critical points of network B", [minimum, *others])
    first, second = best.factors(4)
    change = torch.eye(4).to(first) + torch.randn(4, 4, generator=lab.generator()).to(first) / 8
    twin = (first @ change) @ torch.linalg.solve(change, second)
    lab.claim("other weights, W1 G and G⁻¹ W2, are the same map", gap(twin, first @ second), at_most=EXACT)


@exercise.study("c", "What the number of samples decides")
def condition(lab: Lab) -> None:
    task, _ = draw(lab, 40, 8, 6)
    rows = samples.sweep(task, 16)
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
    five = samples.first(task, 5).centred()
    lab.claim("with biases B fits n = 5 samples as well", samples.lost(five, 4), at_most=1e-20)
    uniqueness(lab, task)


def uniqueness(lab: Lab, task: Task) -> None:
    """Six samples of eight inputs leave two directions of W undecided; forty leave none."""
    few = samples.first(task, 6)
    nowhere, fits = samples.unreached(few), samples.solutions(lab, few)
    lab.claim("n = 40: directions of input space that no sample has", samples.unreached(task).norm(), at_most=1e-12)
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


# Which is faster?


@exercise.comparison(
    "b.speed",
    "To the optimum of network B: in closed form, or by training",
    reference="two SVDs",
    tolerance=1e-2,
    size=8,
)
def to_the_optimum(lab: Lab, size: int) -> dict[str, speed.Call]:
    """The tolerance is the accuracy asked of training: 1 % of the largest entry of the fit."""
    return speed.ways(lab, size)


@exercise.comparison(
    "b.fold",
    "Forward through two linear layers: one after the other, or as one matrix",
    reference="layer after layer",
    work=lambda width, features, batch: Work(batch, "samples"),
    width=(4, 64, 256),
    features=256,
    batch=64,
)
def forward(lab: Lab, width: int, features: int, batch: int) -> dict[str, speed.Call]:
    return speed.passes(lab, width, features, batch)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
