"""9b: four times as many epochs of deep sigmoid networks, with Adam's ε and without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from bench import Lab

from .by_hand import Trained, distance, logits_apart, train
from .network import Stack
from .problem import Choices

LONGER = 4
"""Times the epochs of the sheet."""
DEPTHS = (9, 13, 19)
SETTLED = 13
"""From so many layers on, Adam's ε keeps the first layer of a sigmoid network where it is."""
VANISHED = 1e-22
"""What is left of ε."""
ONE_STEP = 5e-3
"""Adam's first step is η = 0.001 in every weight, of U(-0.18, 0.18): 0.01 of the norm."""
WAYS = ("with ε", "without ε")


def study(lab: Lab, cells: Sequence[Trained], choices: Choices) -> None:
    rows = []
    for cell in cells:
        if cell.stack.depth in DEPTHS:
            rows += compare(lab, cell, choices)
    if rows:
        lab.table("Sigmoid, trained four times as long (medians)", rows)


def compare(lab: Lab, cell: Trained, choices: Choices) -> list[dict[str, Any]]:
    """The same networks twice in one stack: Adam does not see by what a cost is multiplied, but for its ε."""
    count = min(lab.pick(smoke=1, quick=3, full=10), len(cell.stack))
    task = type(cell.task)(*(torch.cat([values[:count]] * 2) for values in cell.task))
    chosen = cell.stack.seeds[:count] * 2
    start, stack = (Stack(cell.stack.model, cell.stack.depth, chosen, like=task.x) for _ in range(2))
    factor = torch.tensor([1.0] * count + [1 / VANISHED] * count).to(task.x)
    trace = train(stack, task, replace(choices, epochs=LONGER * choices.epochs), factor=factor)
    done = Trained(task=task, start=start, stack=stack, trace=trace)
    parts = slice(count), slice(count, 2 * count)
    return [note(lab, done, name, part) for name, part in zip(WAYS, parts, strict=True)]


def note(lab: Lab, done: Trained, way: str, part: slice) -> dict[str, Any]:
    errors, depth = done.trace.train_error[:, part], done.stack.depth
    moved, knows = distance(done)[part], known(done)[part]
    lab.curve(
        "train error, four times as long",
        range(len(errors)),
        100 * errors.mean(1),
        series=f"{depth} layers, {way}",
        x_label="epoch",
        y_label=f"train error, mean of {errors.shape[1]} networks (%)",
        kind="course",
    )
    label = f"sigmoid, {depth} layers, four times as long, {way}"
    lab.metric(f"{label}: networks that learned", 100 * knows.double().mean(), "%")
    if way == WAYS[1]:
        lab.claim(
            f"{label}: first layer moved, multiple of its norm, least", moved.min(), at_least=ONE_STEP, as_declared=True
        )
    if lab.profile != "smoke":
        claim(lab, label, knows, learns=way == WAYS[1] or depth < SETTLED)
    return {
        "hidden layers": depth,
        "Adam": way,
        "first layer moved, multiple of its norm": moved.median(),
        "logits apart between tumours": logits_apart(done)[part].median(),
        "networks that learned": f"{int(knows.sum())} of {len(knows)}",
    }


def known(done: Trained) -> Tensor:
    return done.trace.train_error[-1] < done.task.majority_error() / 2


def claim(lab: Lab, label: str, knows: Tensor, *, learns: bool) -> None:
    name, share = f"{label}: share of the networks that learn", knows.double().mean()
    if learns:
        lab.claim(name, share, at_least=0.8, as_declared=True)
    else:
        lab.claim(name, share, at_most=0.2, as_declared=True)
