"""One short epoch of the baseline, as the model solution does it and as the kit does it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import partial

import torch
from torch import Tensor
from torch.utils.data import Dataset

from bench import Lab
from bench.kit.data import normalise, statistics
from bench.kit.training import Examples, Recipe, Training

from . import solution
from .network import CLASSES, Net, initial
from .problem import BATCH, MOMENTUM, numbers

Call = Callable[[], dict[str, Tensor]]
STEPS, TESTS, FAR = 2, 8, 0.002
"""Rounding differs between memory layouts, and training makes a difference grow: two updates at the sheet's rate of
0.001 do not show it yet. More updates go as far in smaller steps: their rates add up to ``FAR``."""


def variants(lab: Lab, width: float, steps: int = STEPS) -> dict[str, Call]:
    """Calls that train ``steps`` batches from the same initial weights and score both sets before and after.

    ``width`` times the sheet's channels and units; 1 is the sheet's network. The pictures are noise, which costs as
    much as photographs do. Raises ``ValueError`` for a width that is not positive, or for no step.
    """
    if width <= 0 or steps < 1:
        raise ValueError(f"{width=}, {steps=}: a positive multiple of the sheet's width, and at least one step")
    generator = lab.generator()
    x = torch.randint(0, 256, (steps * BATCH + TESTS, 3, 32, 32), generator=generator, dtype=torch.uint8)
    y = torch.randint(CLASSES, (len(x),), generator=generator)
    sets = (x[TESTS:], y[TESTS:], x[:TESTS], y[:TESTS])
    start = initial(lab.seed, width=width).to(lab.device, lab.dtype)
    moments = statistics(x)
    plain, last = (partial(prepare, moments, lab.dtype) for prepare in (plainly, numbers))
    layouts = torch.contiguous_format, torch.channels_last
    net, *twins = [deepcopy(start).to(memory_format=layout) for layout in (layouts[0], *layouts)]
    calls: dict[str, Call] = {
        "idiomatic loop": partial(student, start, net, sets, moments=moments, seed=lab.seed),
        "preloaded": partial(kit, start, twins[0], sets, prepare=plain, seed=lab.seed, fused=False),
        "preloaded, channels last, fused": partial(kit, start, twins[1], sets, prepare=last, seed=lab.seed, fused=True),
    }
    if lab.device.type == "cuda":
        calls["the same, replayed"] = partial(
            kit, start, twins[1], sets, prepare=last, seed=lab.seed, fused=True, static=True
        )
    return calls


def plainly(moments: tuple[float, float], dtype: torch.dtype, pixels: Tensor) -> Tensor:
    return normalise(pixels, *moments, dtype)


Sets = tuple[Tensor, Tensor, Tensor, Tensor]


def rate(sets: Sets) -> float:
    return FAR * BATCH / len(sets[0])


class Pictures(Dataset[tuple[Tensor, Tensor]]):
    """Pictures one by one, each scaled and normalised when it is asked for, as ToTensor and Normalize do it."""

    def __init__(self, pixels: Tensor, labels: Tensor, moments: tuple[float, float], dtype: torch.dtype) -> None:
        self.pixels, self.labels, self.moments, self.dtype = pixels.cpu(), labels.cpu(), moments, dtype

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        mean, std = self.moments
        return (self.pixels[index].to(self.dtype) / 255 - mean) / std, self.labels[index]


def student(start: Net, net: Net, sets: Sets, *, moments: tuple[float, float], seed: int) -> dict[str, Tensor]:
    net.load_state_dict(start.state_dict())
    dtype = next(net.parameters()).dtype
    train, test = (Pictures(x, y, moments, dtype) for x, y in (sets[:2], sets[2:]))
    losses, rows, _ = solution.train(net, train, test, epochs=1, learning_rate=rate(sets), seed=seed)
    return outputs(net, torch.tensor(losses, dtype=torch.float64), [value for row in rows for value in row])


def kit(
    start: Net,
    net: Net,
    sets: Sets,
    *,
    prepare: Callable[[Tensor], Tensor],
    seed: int,
    fused: bool,
    static: bool = False,
) -> dict[str, Tensor]:
    net.load_state_dict(start.state_dict())
    device = next(net.parameters()).device
    x, y, test_x, test_y = (tensor.to(device) for tensor in sets)
    sgd = torch.optim.SGD(net.parameters(), lr=rate(sets), momentum=MOMENTUM, fused=fused)
    recipe = Recipe(epochs=1, batch=BATCH, seed=seed, static=static)
    history = Training(net, sgd, recipe, train=Examples(x, y, prepare), test=Examples(test_x, test_y, prepare)).run()
    scores = [
        value
        for epoch in history.epochs
        for value in (epoch.train_loss, epoch.train_accuracy, epoch.test_loss, epoch.test_accuracy)
    ]
    return outputs(net, history.losses, scores)


def outputs(net: Net, losses: Tensor, scores: list[float]) -> dict[str, Tensor]:
    """What must agree: the losses of the batches, of the whole sets before and after, and the last layer's weights."""
    weight = net.head[-1].get_parameter("weight").detach()
    of_sets = torch.tensor(scores[::2], dtype=weight.dtype)
    return {"losses": losses.to(weight.dtype), "losses of the sets": of_sets, "weights": weight}
