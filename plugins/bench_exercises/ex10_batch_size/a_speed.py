"""The variants of one training that are timed against each other."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.data import mnist
from bench.kit.training import seeded

from .a_idiomatic import idiomatic
from .a_training import advance, plainly, replayed
from .by_hand import ByHand
from .network import Net, as_problem, initial
from .problem import RATES, Curves, Digits, Feed, Update, make_optimizer

Call = Callable[[], dict[str, Tensor]]
Train = Callable[[], Curves]


def images(batch: int) -> int:
    """How many training images one call sees: whole batches, so many that the copy of the initial weights, which every
    call begins with, is little beside them, and a call short enough to repeat."""
    return batch * max(2, min(24, 64 // batch))


def variants(lab: Lab, batch: int, optimizer: str) -> dict[str, Call]:
    """Calls that train from the same initial weights over one short epoch, with a test batch after every update."""
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype, images(batch))
    feed = Feed.draw(digits, batch, 1, lab.seed)
    start = as_problem(initial(lab.seed), lab.device, lab.dtype)
    loops = with_autograd(start, feed, optimizer, lab.seed)
    if optimizer == "sgd":
        loops |= without(start, feed, lab.seed)
    if lab.profile == "full":
        loops |= in_between(start, feed, optimizer, lab.seed)
    return {name: partial(from_start, start, net, train) for name, (net, train) in loops.items()}


Loops = dict[str, tuple[Net, Train]]


def with_autograd(start: Net, feed: Feed, optimizer: str, seed: int) -> Loops:
    usual, again = twin(start), twin(start)
    loops: Loops = {"idiomatic loop": (usual, partial(student, feed, optimizer, seed, net=usual))}
    if feed.train_order.device.type == "cuda":
        loops["preloaded, replayed"] = again, Replayed(feed, optimizer, seed, again)
    return loops


def in_between(start: Net, feed: Feed, optimizer: str, seed: int) -> Loops:
    """What lies between the loops that every profile times: PyTorch without a loader, by hand without a compiler."""
    plain, last, net = twin(start), twin(start, torch.channels_last), twin(start, torch.channels_last)
    loops: Loops = {
        "preloaded": (plain, partial(preloaded, feed, optimizer, seed, net=plain)),
        "preloaded, channels last": (last, partial(preloaded, feed, optimizer, seed, net=last)),
    }
    by_hand: Loops = {"by hand": (net, ByHand(feed, RATES["sgd"], seed, net).train)}
    return loops | (by_hand if optimizer == "sgd" else {})


def without(start: Net, feed: Feed, seed: int) -> Loops:
    """By hand: plain SGD only."""
    rate, again = RATES["sgd"], twin(start)
    if feed.train_order.device.type == "cuda":
        return {"by hand, replayed": (again, ByHand(feed, rate, seed, again, replay=True).train)}
    return {"by hand, compiled": (again, partial(compiled, feed, rate, seed, net=again))}


def twin(start: Net, layout: torch.memory_format = torch.contiguous_format) -> Net:
    return deepcopy(start).to(memory_format=layout)


def from_start(start: Net, net: Net, train: Train) -> dict[str, Tensor]:
    """Put the initial weights back, train, and give what must agree."""
    restore(net, start)
    curves = train()
    weights = net.layer4[0].get_parameter("weight").detach()
    return {"losses": curves.train_loss, "test losses": curves.test_loss, "weights": weights}


@torch.no_grad()
def restore(net: nn.Module, start: nn.Module) -> None:
    for parameter, value in zip(net.parameters(), start.parameters(), strict=True):
        parameter.copy_(value)


def compiled(feed: Feed, rate: float, seed: int, net: Net) -> Curves:
    from . import a_compiled as by_numba  # late: compiling takes seconds, and Numba itself one; others need neither

    return by_numba.compiled(feed, rate, seed, net)


def student(feed: Feed, optimizer: str, seed: int, net: Net) -> Curves:
    return idiomatic(net, feed, make_optimizer(optimizer, net, fused=False), seed)


def preloaded(feed: Feed, optimizer: str, seed: int, net: Net) -> Curves:
    return once(feed, plainly(net, make_optimizer(optimizer, net), feed.digits), seed)


def once(feed: Feed, update: Update, seed: int) -> Curves:
    """Once over the feed."""
    steps, device = len(feed.spans), feed.train_order.device
    curves = Curves.empty(steps, device, feed.digits.dtype)
    with seeded(seed, device):
        advance(update, feed, range(steps), curves)
    return curves


class Replayed:
    """Trainings of one network whose step is recorded in the first of them; the optimiser begins each time anew."""

    def __init__(self, feed: Feed, optimizer: str, seed: int, net: Net) -> None:
        self.feed, self.seed, self.optimizer = feed, seed, make_optimizer(optimizer, net)
        self.update = replayed(net, self.optimizer, feed.digits)

    def __call__(self) -> Curves:
        for state in self.optimizer.state.values():
            for number in state.values():
                number.zero_()
        return once(self.feed, self.update, self.seed)
