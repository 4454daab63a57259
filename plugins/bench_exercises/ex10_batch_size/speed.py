"""The variants of one training that are timed against each other."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial

import torch
from torch import Tensor, nn

from bench import Lab
from bench.kit.data import mnist

from .byhand import by_hand
from .feed import Digits, Feed
from .idiomatic import idiomatic
from .network import Net, initial
from .training import RATES, Curves, advance, make_optimizer, seeded

Call = Callable[[], dict[str, Tensor]]
Loop = Callable[[Net], Curves]


def images(batch: int) -> int:
    """How many training images one call sees: whole batches, so many that the copy of the initial weights, which every
    call begins with, is little beside them, and a call short enough to repeat."""
    return batch * max(3, 72 // (batch + 1))


def variants(lab: Lab, batch: int, optimizer: str) -> dict[str, Call]:
    """Calls that train from the same initial weights over one short epoch, with a test batch after every update."""
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype, images(batch))
    feed = Feed.draw(digits, batch, 1, lab.seed)
    start = initial(lab.seed).to(lab.device, lab.dtype)
    fast = partial(preloaded, feed, optimizer, lab.seed)
    loops: dict[str, tuple[Loop, torch.memory_format]] = {
        "idiomatic loop": (partial(student, feed, optimizer, lab.seed), torch.contiguous_format),
        "preloaded": (fast, torch.contiguous_format),
        "preloaded, channels last": (fast, torch.channels_last),
    }
    if optimizer == "sgd":
        loops["by hand"] = (partial(by_hand, feed, RATES["sgd"], lab.seed), torch.channels_last)
        if lab.device.type == "cpu":
            from .compiled import compiled  # late: compiling takes seconds, and Numba itself a fraction of one

            loops["by hand, compiled"] = (partial(compiled, feed, RATES["sgd"], lab.seed), torch.contiguous_format)
            compiled(feed, RATES["sgd"], lab.seed, deepcopy(start))
    return {name: partial(from_start, start, twin(start, layout), loop) for name, (loop, layout) in loops.items()}


def twin(start: Net, layout: torch.memory_format) -> Net:
    return deepcopy(start).to(memory_format=layout)


def from_start(start: Net, net: Net, loop: Loop) -> dict[str, Tensor]:
    """Put the initial weights back, train, and give what must agree."""
    restore(net, start)
    curves = loop(net)
    return {"losses": curves.train_loss, "test losses": curves.test_loss, "weights": net.layer4[0].weight.detach()}


@torch.no_grad()
def restore(net: nn.Module, start: nn.Module) -> None:
    for parameter, value in zip(net.parameters(), start.parameters(), strict=True):
        parameter.copy_(value)


def student(feed: Feed, optimizer: str, seed: int, net: Net) -> Curves:
    return idiomatic(net, feed, make_optimizer(optimizer, net, fused=False), seed)


def preloaded(feed: Feed, optimizer: str, seed: int, net: Net) -> Curves:
    steps, device = len(feed.spans), feed.train_order.device
    curves = Curves.empty(steps, device, feed.digits.dtype)
    with seeded(seed, device):
        advance(net, make_optimizer(optimizer, net), feed, range(steps), curves)
    return curves
