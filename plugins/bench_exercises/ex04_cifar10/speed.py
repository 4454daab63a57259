"""One short epoch of the baseline, as a student writes it and as the kit does it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial

import torch
from torch import Tensor

from bench import Lab
from bench.kit.data import normalise, statistics
from bench.kit.training import Examples, Recipe, Training

from .idiomatic import Pictures, one_epoch
from .network import CLASSES, Net, initial
from .setting import BATCH, MOMENTUM, numbers

Call = Callable[[], dict[str, Tensor]]
STEPS, TESTS, RATE = 2, 8, 0.001
"""Rounding differs between memory layouts, and training makes a difference grow: two updates do not show it yet."""


def variants(lab: Lab, width: float) -> dict[str, Call]:
    """Calls that train two batches from the same initial weights and score both sets before and after.

    ``width`` times the sheet's channels and units; 1 is the sheet's network. The pictures are noise, which costs as
    much as photographs do. Raises ``ValueError`` for a width that is not positive.
    """
    if width <= 0:
        raise ValueError(f"the width is a positive multiple of the sheet's, not {width}")
    generator = lab.generator()
    x = torch.randint(0, 256, (STEPS * BATCH + TESTS, 3, 32, 32), generator=generator, dtype=torch.uint8)
    y = torch.randint(CLASSES, (len(x),), generator=generator)
    sets = (x[TESTS:], y[TESTS:], x[:TESTS], y[:TESTS])
    start = initial(lab.seed, width=width).to(lab.device, lab.dtype)
    moments = statistics(x)
    plain, last = (partial(prepare, moments, lab.dtype) for prepare in (plainly, numbers))
    twins = [deepcopy(start).to(memory_format=layout) for layout in (torch.contiguous_format, torch.channels_last)]
    return {
        "idiomatic loop": partial(student, start, deepcopy(start), sets, moments, lab.seed),
        "preloaded": partial(kit, start, twins[0], sets, plain, lab.seed, fused=False),
        "preloaded, channels last, fused": partial(kit, start, twins[1], sets, last, lab.seed, fused=True),
    }


def plainly(moments: tuple[float, float], dtype: torch.dtype, pixels: Tensor) -> Tensor:
    return normalise(pixels, *moments, dtype)


Sets = tuple[Tensor, Tensor, Tensor, Tensor]


def student(start: Net, net: Net, sets: Sets, moments: tuple[float, float], seed: int) -> dict[str, Tensor]:
    net.load_state_dict(start.state_dict())
    dtype = next(net.parameters()).dtype
    train, test = (Pictures(x, y, moments, dtype) for x, y in (sets[:2], sets[2:]))
    sgd = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    losses, scores = one_epoch(net, sgd, train, test, BATCH, seed)
    return outputs(net, torch.tensor(losses, dtype=torch.float64), scores)


def kit(
    start: Net, net: Net, sets: Sets, prepare: Callable[[Tensor], Tensor], seed: int, fused: bool
) -> dict[str, Tensor]:
    net.load_state_dict(start.state_dict())
    device = next(net.parameters()).device
    x, y, test_x, test_y = (tensor.to(device) for tensor in sets)
    sgd = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM, fused=fused)
    training = Training(net, sgd, Recipe(1, BATCH, seed), Examples(x, y, prepare), Examples(test_x, test_y, prepare))
    history = training.run()
    scores = [
        value
        for epoch in history.epochs
        for value in (epoch.train_loss, epoch.train_accuracy, epoch.test_loss, epoch.test_accuracy)
    ]
    return outputs(net, history.losses, scores)


def outputs(net: Net, losses: Tensor, scores: list[float]) -> dict[str, Tensor]:
    """What must agree: the losses of the batches, of the whole sets before and after, and the last layer's weights."""
    weight = net.head[-1].weight.detach()  # type: ignore[union-attr]
    of_sets = torch.tensor(scores[::2], dtype=weight.dtype)
    return {"losses": losses.to(weight.dtype), "losses of the sets": of_sets, "weights": weight}
