"""10b, broken: the classic mistakes with a schedule, each of which fails a claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import torch
from torch.optim.lr_scheduler import ExponentialLR, LambdaLR, LRScheduler, StepLR

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest

LAW = "learning rate of epoch e = η·γᵉ: largest relative difference"
FALLS = "every learning rate is below the one before: largest ratio"

Schedule = Callable[[torch.optim.Optimizer], LRScheduler]


def used_rates(rate: float, schedule: Schedule, count: int, *, steps: int = 1, early: bool = False) -> list[float]:
    """The learning rates that PyTorch's own scheduler lets ``count`` successive intervals use, stepped after each of
    them: ``steps`` times, or, too ``early``, before the first one too."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    scheduler, used = schedule(optimizer), []
    optimizer.step()
    if early:
        scheduler.step()
    for _ in range(count):
        used.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        for _ in range(steps):
            scheduler.step()
    return used


def largest_ratio(rates: Sequence[float]) -> float:
    """Of a learning rate to the one before."""
    return largest(after / before for before, after in pairwise(rates))


def study(lab: Lab, rate: float, gamma: float, worst: Callable[[list[float]], float]) -> None:
    """``worst`` is how far learning rates are from what they should be."""
    count = 16
    falling = partial(ExponentialLR, gamma=gamma)
    rates = partial(used_rates, rate, count=count)

    def by(factor: Callable[[int], float]) -> list[float]:
        return rates(partial(LambdaLR, lr_lambda=factor))

    mistakes = (
        Mistake(name="stepped before the first epoch", fails=LAW, value=worst(rates(falling, early=True))),
        Mistake(
            name="stepped twice an epoch, in training and in test", fails=LAW, value=worst(rates(falling, steps=2))
        ),
        Mistake(name="stepped with every batch", fails=LAW, value=worst(rates(falling, steps=1200))),
        Mistake(name="never stepped", fails=FALLS, value=largest_ratio(rates(falling, steps=0))),
        Mistake(
            name="stepped every other epoch", fails=LAW, value=worst(rates(partial(StepLR, step_size=2, gamma=gamma)))
        ),
        Mistake(
            name="a straight line, 1 - (1 - γ)e", fails=LAW, value=worst(by(lambda e: max(0.0, 1 - (1 - gamma) * e)))
        ),
        Mistake(name="divided by γ", fails=FALLS, value=largest_ratio(by(lambda e: gamma**-e))),
    )
    break_it(lab, *mistakes)
