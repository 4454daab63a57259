"""2a.epochs: what plain gradient descent has reached after few steps, and after many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error, relative_error

from . import solution
from .by_hand import descend, optimum
from .network import WIDTHS, Weights, folded, gradients, initial
from .problem import Task, draw

EARLY, STARTS, DRAWN, TASKS = 10, 200, 20, 8
"""Steps after which the networks are compared, from how many initial weights, how many of them are drawn to the end,
and on how many tasks A is held against B."""
SLOW_AND_FAST = (("A", "C"), ("B", "C"), ("B", "A at 1.5 times the rate"), ("C", "A at 3 times the rate"))
"""The factors give B steps of 1.5 times the length of A's in the mean, and C of 3 times; but unequal ones. For a single
output only the first two pairs are sure: a target that lies along few inputs can favour the factors."""
EXACT = 1e-12


def study(lab: Lab, rate: float, steps: int) -> None:
    for outputs in (6, 1):
        task, _ = draw(lab, 40, 8, outputs)
        record(lab, outputs, {name: path(lab, task, width, rate=rate, steps=steps) for name, width in WIDTHS.items()})
        early(lab, task, rate)
    by_task(lab, rate)
    laws(lab, draw(lab, 40, 8, 6)[0], rate)
    handed_in(lab, draw(lab, 40, 8, 6)[0], rate)


def path(lab: Lab, task: Task, width: int | None, *, rate: float, steps: int) -> Tensor:
    """The way down (steps + 1, starts): error above the network's own optimum, in parts of |Y|^2."""
    errors: list[Tensor] = []
    descend(
        task, initial(task, width, lab.generator(), many=DRAWN), rate=rate, steps=steps, see=partial(note, task, errors)
    )
    return above(task, width, torch.stack(errors))


def note(task: Task, errors: list[Tensor], weights: Weights) -> None:
    errors.append(task.error(folded(weights)))


def above(task: Task, width: int | None, errors: Tensor) -> Tensor:
    return (errors - optimum(task).error(width or task.sizes[2])) / task.y.square().sum()


def record(lab: Lab, outputs: int, paths: dict[str, Tensor]) -> None:
    chart = f"gradient descent, m={outputs}"
    for name, errors in paths.items():
        axes: dict[str, Any] = {
            "x_label": "step + 1",
            "y_label": f"error above its optimum, over ‖Y‖², mean of {DRAWN} starts",
        }
        mean = errors.mean(1)
        shown = mean.clamp(min=1e-12)[: 1 + int((mean > 1e-12).sum())]
        lab.curve(chart, range(1, len(shown) + 1), shown, series=name, scale="log-log", kind="course", **axes)
    lab.claim(
        f"m={outputs}, after the last step: A and C above their optimum",
        largest(paths["A"][-1].abs().max(), paths["C"][-1].abs().max()),
        at_most=EXACT,
        as_declared=True,
    )
    lab.metric(f"m={outputs}, B: error above its optimum after the last step", paths["B"][-1].mean())


def early(lab: Lab, task: Task, rate: float) -> None:
    """After a few steps, from many initial weights, so that luck with them can be told from the network."""
    outputs, generator = task.sizes[2], lab.generator()
    found = {name: after(task, width, rate, generator) for name, width in WIDTHS.items()}
    for times in (1.5, 3):
        found[f"A at {times:g} times the rate"] = after(task, None, times * rate, lab.generator())
    for name, errors in found.items():
        lab.metric(f"m={outputs}, {name}: error above its optimum after 10 steps", errors.mean())
    for slow, fast in SLOW_AND_FAST[: 2 if outputs == 1 else None]:
        lab.claim(
            f"m={outputs}, after 10 steps: {slow} above {fast}, in standard errors",
            lead(found[slow], found[fast]),
            at_least=4,
            as_declared=True,
        )


def by_task(lab: Lab, rate: float) -> None:
    """With one output it is the task that decides between A and B: by chance of the starts the deviation would be 1."""
    tasks, _ = draw(lab, 40, 8, 1, many=TASKS)
    leads = []
    for x, y in zip(tasks.x, tasks.y, strict=True):
        slow, fast = (after(Task(x, y), WIDTHS[name], rate, lab.generator()) for name in ("A", "B"))
        leads.append(lead(slow, fast))
    name = "m=1, after 10 steps: A above B in standard errors, deviation over eight tasks"
    lab.claim(name, torch.stack(leads).std(), at_least=2, as_declared=True)


def after(task: Task, width: int | None, rate: float, generator: torch.Generator) -> Tensor:
    """Errors (starts,) above the network's own optimum, in parts of |Y|^2, after the early steps."""
    weights: Weights = initial(task, width, generator, many=STARTS)
    weights = descend(task, weights, rate=rate, steps=EARLY, see=lambda _: None)
    return above(task, width, task.error(folded(weights)))


def lead(slow: Tensor, fast: Tensor) -> Tensor:
    """How far the mean of one lies above that of the other, in standard errors of the difference."""
    return (slow.mean() - fast.mean()) / ((slow.var() + fast.var()) / len(slow)).sqrt()


def laws(lab: Lab, task: Task, rate: float) -> None:
    """A's course has a closed form, and a step of two layers is one of their product, preconditioned."""
    (start,), later = initial(task, None, lab.generator()), list[Weights]()
    descend(task, [start], rate=rate, steps=EARLY, see=later.append)
    curvature, axes = torch.linalg.eigh(task.x.mT @ task.x / task.sizes[0])
    start_away = axes.mT @ (start - torch.linalg.pinv(task.x) @ task.y)
    factor = (1 - rate * curvature) ** EARLY
    expected = task.sizes[0] * (curvature[:, None] * (factor[:, None] * start_away) ** 2).sum()
    found = task.error(folded(later[-1])) - optimum(task).floor
    lab.claim(
        "A: error after 10 steps = its closed form, over ‖Y‖²",
        abs(found - expected) / task.y.square().sum(),
        at_most=EXACT,
    )
    moved = [step_of_product(task, initial(task, width, lab.generator()), rate) for width in (4, 16)]
    lab.claim(
        "a step of W1 and W2 = a preconditioned step of W1 W2",
        largest(relative_error(*each) for each in moved),
        at_most=EXACT,
    )


def step_of_product(task: Task, weights: Sequence[Tensor], rate: float) -> tuple[Tensor, Tensor]:
    """How far W1 W2 moves in a step: after both layers made theirs, and by the formula."""
    seen: list[Weights] = []
    descend(task, weights, rate=rate, steps=1, see=seen.append)
    (slope,), (first, second) = gradients(task, [folded(weights)]), weights
    along = first @ first.mT @ slope + slope @ second.mT @ second
    both = slope @ second.mT @ first.mT @ slope
    return folded(seen[1]) - folded(seen[0]), -rate * along + rate**2 * both


def handed_in(lab: Lab, task: Task, rate: float, steps: int = 50) -> None:
    """The model solution, from the same initial weights: every cost, and the matrix that it ends with."""
    _, d, m = task.sizes
    costs, maps = [], []
    for width in WIDTHS.values():
        weights, errors = initial(task, width, lab.generator()), list[Tensor]()
        model = solution.network(d, m, width).to(task.x)
        with torch.no_grad():
            for layer, weight in zip(model.parameters(), weights, strict=True):
                layer.copy_(weight.mT)
        theirs = solution.train(model, task.x, task.y, learning_rate=rate, epochs=steps)
        ends = descend(task, weights, rate=rate, steps=steps, see=partial(note, task, errors))
        ours = torch.stack(errors) / (2 * task.sizes[0])
        costs.append(relative_error(torch.tensor(theirs, dtype=ours.dtype), ours))
        maps.append(max_error(solution.as_one_matrix(model), folded(ends)))
    lab.claim("the model solution: every cost = by hand", largest(costs), at_most=EXACT, as_declared=True)
    lab.claim("the model solution: its last matrix = by hand", largest(maps), at_most=EXACT, as_declared=True)
