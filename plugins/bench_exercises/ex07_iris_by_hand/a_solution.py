"""7a: the model solution trains as the study does, and reports what it reports; and the classic mistakes do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error
from bench.kit.data import iris

from . import solution
from .a_flowers import MEASURED, TOGETHER, not_all, off_standard
from .checks import EXACT
from .problem import LEARNING_RATE, Task, Theta, pose_seed, seeds
from .reference import sequential

FIRST = 200
"""So many epochs, at most, rounding cannot grow in beyond ``EXACT``."""
LOSSES = "solution.py: losses of the first epochs = those trained together"
SCORES = "solution.py: scores after the last epoch = those reported"
REPORTED = 1e-6
"""Rounding has had all epochs to grow in."""


def network(theta: Theta) -> solution.Network:
    """The solution's, with these parameters."""
    net = solution.Network().to(theta["W1"])
    net.load_state_dict(dict(zip(net.state_dict(), theta.values(), strict=True)))
    return net


def study(lab: Lab, epochs: int, losses: Tensor, reported: Mapping[str, float]) -> None:
    """``losses`` are the first seed's before every step, ``reported`` its row in the table of all seeds."""
    if not lab.as_declared:  # the solution is the sheet's network and no other
        lab.claim(LOSSES, 0.0, at_most=EXACT, as_declared=True)
        lab.claim(SCORES, 0.0, at_most=REPORTED, as_declared=True)
        return
    task = pose_seed(seeds(lab, 1)[0], lab.device, lab.dtype)
    training = solution.Training(network(task.theta))
    training.run(task.x, task.y, until=epochs)
    first = min(epochs, FIRST)
    theirs = torch.tensor(training.losses[:first], dtype=losses.dtype)
    lab.claim(LOSSES, max_error(theirs, losses[:first]), at_most=EXACT)
    (train_loss, train_accuracy), (test_loss, test_accuracy) = (
        training.scores(x, y) for x, y in ((task.x, task.y), (task.x_test, task.y_test))
    )
    scores = {
        "train loss (nat)": train_loss,
        "test loss (nat)": test_loss,
        "train accuracy (%)": train_accuracy,
        "test accuracy (%)": test_accuracy,
    }
    lab.claim(
        SCORES,
        max_error(*(torch.tensor([row[name] for name in scores]) for row in (scores, reported))),
        at_most=REPORTED,
    )
    mistakes(lab, task, losses)


def mistakes(lab: Lab, task: Task, losses: Tensor, steps: int = 20) -> None:
    def off(wrong: Tensor) -> float:
        return max_error(wrong.cpu(), losses[: len(wrong)])

    after = wrong_losses(task, steps + 1)[1:]

    raw = pose_seed(seeds(lab, 1)[0], lab.device, lab.dtype, standardised=False)
    every = iris().x.to(raw.x)
    with_test = (raw.x - every.mean(0)) / every.std(0, correction=0)
    known = Task(x=raw.x, y=raw.y, x_test=raw.x[:25], y_test=raw.y[:25], theta=raw.theta)
    slips = [
        Mistake(name="a second softmax, in the loss", fails=LOSSES, value=off(wrong_losses(task, steps, twice))),
        Mistake(name="NLLLoss of p, not of log p", fails=LOSSES, value=off(wrong_losses(task, steps, without_log))),
        Mistake(name="softmax over the flowers", fails=LOSSES, value=off(wrong_losses(task, steps, over_flowers))),
        Mistake(name="zero_grad() forgotten", fails=LOSSES, value=off(wrong_losses(task, steps, zero=False))),
        Mistake(name="the loss noted after the step", fails=LOSSES, value=off(after)),
        Mistake(name="standardised with all 150", fails=MEASURED, value=off_standard(with_test)),
        Mistake(name="tested on training flowers", fails=TOGETHER, value=not_all(known)),
    ]
    break_it(lab, *slips)


def twice(log_p: Tensor, y: Tensor) -> Tensor:
    return F.cross_entropy(log_p.exp(), y)


def without_log(log_p: Tensor, y: Tensor) -> Tensor:
    return F.nll_loss(log_p.exp(), y)


def over_flowers(log_p: Tensor, y: Tensor) -> Tensor:
    return F.nll_loss(F.log_softmax(log_p, 0), y)


def wrong_losses(
    task: Task, steps: int, loss_of: Callable[[Tensor, Tensor], Tensor] = F.nll_loss, *, zero: bool = True
) -> Tensor:
    """The losses before each step of a loop with another loss, or without ``zero_grad()``."""
    net: nn.Module = sequential(task.theta)
    adam = torch.optim.Adam(net.parameters(), lr=LEARNING_RATE)
    losses = []
    for _ in range(steps):
        if zero:
            adam.zero_grad()
        loss = loss_of(net(task.x), task.y)
        loss.backward()
        adam.step()
        losses.append(loss.detach())
    return torch.stack(losses)
