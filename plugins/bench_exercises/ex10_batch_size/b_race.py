"""10b: SGD and Adam, with a constant and with a falling rate, raced to a train cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.optim.lr_scheduler import ExponentialLR

from bench import Lab
from bench.kit.data import mnist

from .network import Net, initial
from .problem import Digits, Feed, make_optimizer
from .reference import learn, look

LOOKED_AT = 30
"""Training digits that the cost is taken over, always the same ones: that of a batch would jump past the target."""
Start = Callable[[], Iterator[Tensor]]


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What all methods begin with: the weights, the batches in their order, and the digits that the cost is over."""

    start: Net
    feed: Feed
    looked_at: tuple[Tensor, Tensor]

    @classmethod
    def of(cls, lab: Lab, batch: int) -> Problem:
        images = lab.pick(smoke=100, quick=300, full=None)
        digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype, images)
        feed = Feed.draw(digits, batch, lab.pick(smoke=40, quick=40, full=15), lab.seed)
        few = torch.arange(min(LOOKED_AT, len(digits.train_y)), device=lab.device)
        start = initial(lab.seed).to(lab.device, lab.dtype).to(memory_format=torch.channels_last)
        return cls(start, feed, digits.train(few))


def variants(lab: Lab, batch: int, gamma: float) -> dict[str, Start]:
    problem = Problem.of(lab, batch)
    return {
        f"{name}, {rate}": partial(begin, problem, optimizer, factor)
        for name, optimizer in (("SGD", "sgd"), ("Adam", "adam"))
        for rate, factor in (("constant", 1.0), ("falling", gamma))
    }


def begin(problem: Problem, optimizer: str, gamma: float) -> Iterator[Tensor]:
    """A fresh training. What is made here is not timed; in the generator it would be, with the first step."""
    net = deepcopy(problem.start)
    stepper = make_optimizer(optimizer, net)
    return steps(problem, net, stepper, ExponentialLR(stepper, gamma))


def steps(problem: Problem, net: Net, stepper: torch.optim.Optimizer, schedule: ExponentialLR) -> Iterator[Tensor]:
    """One update each, and a look at the train cost: both are timed."""
    feed = problem.feed
    for step in range(len(feed.spans)):
        learn(net, stepper, *feed.train(step))
        if (step + 1) % feed.steps_per_epoch == 0:
            schedule.step()
        yield look(net, *problem.looked_at)[0]
