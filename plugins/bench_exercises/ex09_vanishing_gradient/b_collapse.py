"""9b: the signal collapses on its way up as the gradient does on its way down, and what fifty epochs of Adam mend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from bench import Lab

from . import b_longer
from .b_longer import SETTLED
from .by_hand import Signals, Trained, distance, logits_apart, signals
from .checks import wide_layers
from .figures import BLUE, ORANGE, collapse, learned
from .network import gain
from .problem import WIDTH, A, B, Choices

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWS = 20_000
PALE = ("#56B4E9", "#E69F00")
VISIBLE = 12
"""Layers from the first after which a sigmoid network's signal is above rounding: 48^-5.5 is 6e-10 of it."""


def study(lab: Lab, sigmoid: Sequence[Trained], relu: Sequence[Trained], choices: Choices) -> None:
    wide_layers(lab, (A, B), choices)
    law = five_nodes(lab)
    start = [signals(cell.start, cell.task) for cell in sigmoid]
    after = [signals(cell.stack, cell.task) for cell in sigmoid]
    at_the_start(lab, start, law)
    lab.figure("Both collapses", picture(sigmoid, start, after, law), "Sigmoid: medians over the networks.")
    who_moved(lab, sigmoid, after, law)
    if choices.optimizer == "adam":
        b_longer.study(lab, sigmoid, choices)
    deepest = signals(relu[-1].start, relu[-1].task)
    living = per_layer(deepest.backward, falling=False)
    if bool(living.isfinite().any()):  # of the few networks of smoke all may be dead, and none has a rate then
        lab.metric("ReLU: powers of ten per layer at the start", living.nanmedian())
    lab.metric("ReLU: powers of ten per layer at the start, law of wide layers", -decades(gain(B)))


class Law(NamedTuple):
    """Powers of ten lost by a layer of five nodes: their mean, and the deviation from layer to layer."""

    mean: float
    deviation: float


def decades(factor: float) -> float:
    """What a factor of a square is for its root, in powers of ten."""
    return math.log10(factor) / 2


def five_nodes(lab: Lab, width: int = WIDTH) -> Law:
    """E log₁₀ ‖diag(φ'(z)) W u‖ of one sigmoid layer as PyTorch draws it, u of length 1 in a random direction.

    The logarithm of a mean is more than the mean of the logarithm: a narrow layer loses more than a wide one.
    """
    generator, bound = lab.generator(), 1 / math.sqrt(width)

    def uniform(*shape: int) -> Tensor:
        return bound * (2 * torch.rand(DRAWS, *shape, generator=generator, dtype=torch.float64) - 1)

    h = torch.full((DRAWS, width), 0.5, dtype=torch.float64)
    for _ in range(4):  # h forgets where it began
        h = torch.sigmoid(torch.einsum("nij,nj->ni", uniform(width, width), h) + uniform(width))
    u = torch.nn.functional.normalize(torch.randn(DRAWS, width, generator=generator, dtype=torch.float64))
    lost = -(torch.einsum("nij,nj->ni", uniform(width, width), u) * h * (1 - h)).norm(dim=1).log10()
    return Law(float(lost.mean()), float(lost.std()))


def per_layer(values: Tensor, *, falling: bool) -> Tensor:
    """(K,): powers of ten that (L, K) loses, from layer to layer up where it is ``falling`` and else down."""
    change = (values[-1] / values[0]).log10() / max(1, len(values) - 1)
    change = torch.where(change.isfinite(), change, torch.nan)
    return -change if falling else change


def at_the_start(lab: Lab, start: Sequence[Signals], law: Law) -> None:
    """In the deepest networks, before any training: both ways a layer of five nodes costs what the law says."""
    deepest = start[-1]
    lab.metric("sigmoid: powers of ten per layer at the start, law of five nodes", law.mean)
    lab.metric("sigmoid: powers of ten per layer at the start, law of wide layers", -decades(gain(A)))
    for name, values, falling in (("forward", deepest.forward[:VISIBLE], True), ("backward", deepest.backward, False)):
        layers = len(values) - 1
        lost = per_layer(values, falling=falling)
        lab.metric(f"sigmoid: powers of ten lost per layer at the start, {name}", lost.mean())
        if layers > 1:
            off = abs(float(lost.mean()) - law.mean) / (law.deviation / math.sqrt(len(lost) * layers))
            name = f"sigmoid at the start, {name}: off the law of five nodes, in standard errors"
            lab.claim(name, off, at_most=4, as_declared=True)


def picture(cells: Sequence[Trained], start: Sequence[Signals], after: Sequence[Signals], law: Law) -> Figure:
    """A panel for 9 layers, and one for the deepest networks."""
    panels, laws = {}, {}
    for number in dict.fromkeys((min(1, len(cells) - 1), len(cells) - 1)):
        cell, title = cells[number], f"sigmoid, {cells[number].stack.depth} hidden layers"
        before, then = ([values.median(1).values for values in each] for each in (start[number], after[number]))
        panels[title] = [
            ("signal ‖h − h̄‖, start", before[0], BLUE, "-"),
            ("signal, after the training", then[0], PALE[0], "--"),
            ("gradient ‖δ‖, start", before[1], ORANGE, "-"),
            ("gradient, after the training", then[1], PALE[1], "--"),
        ]
        steps = torch.arange(cell.stack.depth, dtype=before[0].dtype)
        factor = 10 ** (-law.mean * steps)
        laws[title] = [before[0][0].cpu() * factor, before[1][-1].cpu() * factor.flip(0)]
    return collapse(panels, laws)


def who_moved(lab: Lab, cells: Sequence[Trained], after: Sequence[Signals], law: Law) -> None:
    """How far the training took the first layer, and what the outputs say about the tumour after it."""
    rows = []
    for cell in cells:
        moved, apart = distance(cell), logits_apart(cell)
        rows.append(
            {
                "hidden layers": cell.stack.depth,
                "‖W₁ after − before‖ / ‖W₁ before‖, median": moved.median(),
                "logits apart between tumours, median": apart.median(),
                "networks that learned": f"{int(learned(cell).sum())} of {len(moved)}",
            }
        )
        lab.metric(f"{cell.label}: first layer moved, multiple of its norm", moved.median())
        lab.metric(f"{cell.label}: logits apart between tumours", apart.median())
    lab.table("Sigmoid: what the training moved, and what came of it", rows)
    deepest = cells[-1]
    lost = per_layer(after[-1].backward, falling=False)
    lab.metric("sigmoid: powers of ten lost per layer after the training, deepest", lost.mean())
    if deepest.stack.depth >= SETTLED:
        # The upper layers learn the output's bias and drift with it, a little.
        allowed = 0.05 + 4 * law.deviation / math.sqrt(len(lost) * (deepest.stack.depth - 1))
        name = "sigmoid after the training, deepest: powers of ten lost per layer, off the law of five nodes"
        lab.claim(name, abs(float(lost.mean()) - law.mean), at_most=allowed, as_declared=True)
        name = "sigmoid, deepest: Adam moves the first layer, multiple of its norm, largest"
        lab.claim(name, distance(deepest).max(), at_most=1e-2, as_declared=True)
    if lab.profile != "smoke" and lab.as_declared:
        nine = cells[1]
        name = "sigmoid, 9 layers: Adam moves the first layer, multiple of its norm, median"
        lab.claim(name, distance(nine).median(), at_least=1, as_declared=True)
        name = "sigmoid, 9 layers: logits apart between tumours all the same, median"
        lab.claim(name, logits_apart(nine).median(), at_most=1e-2, as_declared=True)
        name = "sigmoid, 3 layers: logits apart between tumours, median"
        lab.claim(name, logits_apart(cells[0]).median(), at_least=1, as_declared=True)
