"""10a: this training held against the model solution, and classic mistakes in it that the same claim must see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, replace
from itertools import starmap

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error
from bench.kit.data import mnist
from bench.kit.training import seeded

from . import solution
from .a_speed import once
from .a_training import plainly
from .by_hand import ByHand
from .network import Net, as_problem, initial
from .problem import Curves, Digits, Feed, make_optimizer

SAME = "the training = the model solution: costs and errors of 6 iterations, and the last weights"
DIGITS, BATCH, RATE = 48, 8, 0.05
Loss = Callable[[Tensor, Tensor], Tensor]


def study(lab: Lab) -> None:
    """In float64, on a few digits: what is claimed here is algebra, and does not hang on how long one trains."""
    digits = Digits.load(lab.uses(mnist(lab.data)), lab.device, lab.dtype, DIGITS)
    feed = Feed.draw(digits, BATCH, 1, lab.seed)
    expected = by_the_solution(lab, feed)
    for name, found in engines(lab, feed):
        lab.claim(name, max_error(found, expected), at_most=1e-12)
    wrong = [(name, apart(lab, feed, loop, expected)) for name, loop in MISTAKES.items()]
    break_it(lab, *starmap(lambda name, value: Mistake(name=name, fails=SAME, value=value), wrong))


def engines(lab: Lab, feed: Feed) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """What is claimed of each loop, and what it gives."""
    net = fresh(lab)
    yield SAME, gave(once(feed, plainly(net, make_optimizer("sgd", net, RATE), feed.digits), lab.seed), net)
    net = fresh(lab)
    yield "by hand = the model solution, likewise", gave(ByHand(feed, RATE, lab.seed, net).train(), net)
    if lab.device.type == "cpu":
        from . import a_compiled  # late: Numba takes a second to import

        net = fresh(lab)
        yield (
            "by hand and compiled = the model solution, likewise",
            gave(a_compiled.compiled(feed, RATE, lab.seed, net), net),
        )


def fresh(lab: Lab) -> Net:
    return as_problem(initial(lab.seed), lab.device, lab.dtype)


def gave(curves: Curves, net: nn.Module) -> dict[str, Tensor]:
    return {"curves": torch.stack(astuple(curves.cpu()), dim=1), "weights": last(net)}


def by_the_solution(lab: Lab, feed: Feed) -> dict[str, Tensor]:
    """Its network has the initial weights of ours, its batches the same digits, its dropout the same masks."""
    net = twin(lab)
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)
    batches = [[of(step) for step in range(len(feed.spans))] for of in (feed.train, feed.test)]
    with seeded(lab.seed, lab.device):
        rows = list(solution.train(net, optimizer, *batches))
    return {"curves": torch.tensor(rows, dtype=lab.dtype), "weights": last(net)}


def twin(lab: Lab) -> solution.Net:
    net = solution.Net()
    net.load_state_dict(initial(lab.seed).state_dict())
    return net.to(lab.device, lab.dtype)


def last(net: nn.Module) -> Tensor:
    """All weights, one after another."""
    return torch.cat([p.detach().flatten() for p in net.parameters()]).cpu()


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """The iteration, with a switch for each thing that is forgotten in it again and again."""

    cost: Loss = F.nll_loss
    error: Callable[[Tensor, Tensor], float] = solution.error_rate
    evaluates: bool = True
    trains_again: bool = True
    forgets_gradients: bool = True
    looks_after: bool = True
    judges_before: bool = True

    def run(self, net: nn.Module, feed: Feed) -> list[list[float]]:
        optimizer, rows = torch.optim.SGD(net.parameters(), lr=RATE), []
        for step in range(len(feed.spans)):
            x, y = feed.train(step)
            if not self.looks_after:
                tested = self.look(net, *feed.test(step))
            if self.trains_again or step == 0:
                net.train()
            if self.forgets_gradients:
                optimizer.zero_grad()
            log_p = net(x)
            loss = self.cost(log_p, y)
            loss.backward()
            optimizer.step()
            if not self.judges_before:
                log_p = net(x).detach()
                loss = self.cost(log_p, y)
            if self.looks_after:
                tested = self.look(net, *feed.test(step))
            rows.append([loss.item(), self.error(log_p, y), *tested])
        return rows

    @torch.no_grad()
    def look(self, net: nn.Module, x: Tensor, y: Tensor) -> list[float]:
        if self.evaluates:
            net.eval()
        log_p = net(x)
        return [self.cost(log_p, y).item(), self.error(log_p, y)]


def apart(lab: Lab, feed: Feed, loop: Loop, expected: dict[str, Tensor]) -> float:
    net = twin(lab)
    with seeded(lab.seed, lab.device):
        rows = loop.run(net, feed)
    return max_error({"curves": torch.tensor(rows, dtype=lab.dtype), "weights": last(net)}, expected)


RIGHT = Loop()
MISTAKES = {
    "no eval(): the test batch is looked at with dropout": replace(RIGHT, evaluates=False),
    "no train() after eval(): dropout is on in the first iteration alone": replace(RIGHT, trains_again=False),
    "no zero_grad(): gradients of all iterations add up": replace(RIGHT, forgets_gradients=False),
    "the test batch is looked at before the update": replace(RIGHT, looks_after=False),
    "the training batch is judged after the update": replace(RIGHT, judges_before=False),
    "NLL of the probabilities, not of their logarithms": replace(RIGHT, cost=lambda z, y: F.nll_loss(z.exp(), y)),
    "the sum over the batch, not the mean": replace(RIGHT, cost=lambda z, y: F.nll_loss(z, y, reduction="sum")),
    "the accuracy is reported as the error": replace(RIGHT, error=lambda z, y: 1 - solution.error_rate(z, y)),
}
