"""Two trainings in step, by hand and by autograd, and how far they come apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from .by_hand import RATE, Adam
from .network import LAYERS, Network
from .problem import Task, Theta, flatten, unflatten
from .reference import parameters, sequential


@dataclass(slots=True, kw_only=True)
class Trace:
    """One number an epoch, all before its step, but for ``apart``: the furthest parameter after it."""

    by_hand: list[float] = field(default_factory=list)
    by_autograd: list[float] = field(default_factory=list)
    test: list[float] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)
    negative: list[float] = field(default_factory=list)
    """The share of hidden pre-activations at or below zero, where the slope is 0.2."""


def side_by_side(task: Task, epochs: Iterable[int]) -> tuple[Trace, Network, nn.Module]:
    """Train both for an epoch at a time; give the trace and the two trained networks."""
    theta = flatten(task.theta)
    net, adam = Network(unflatten(theta)), Adam(theta)
    model = sequential(task.theta)
    their_adam = torch.optim.Adam(model.parameters(), lr=RATE)
    trace = Trace()
    for _ in epochs:
        trace.negative.append(negative_share(net, task.x))
        trace.test.append(float(net.loss(task.x_test, task.y_test)))
        loss, gradient = net.backpropagate(task.x, task.y)
        adam.step(flatten(gradient))
        trace.by_hand.append(float(loss))
        trace.by_autograd.append(autograd_epoch(model, their_adam, task))
        trace.apart.append(furthest(net.theta, parameters(model)))
    return trace, net, model


def autograd_epoch(model: nn.Module, adam: torch.optim.Optimizer, task: Task) -> float:
    adam.zero_grad()
    loss = nn.functional.nll_loss(model(task.x), task.y)
    loss.backward()
    adam.step()
    return float(loss.detach())


def negative_share(net: Network, x: Tensor) -> float:
    z, _ = net.forward(x)
    return float((torch.cat(z[1:LAYERS], 1) <= 0).double().mean())


def furthest(ours: Theta, theirs: Theta) -> float:
    return float((flatten(ours) - flatten(theirs)).abs().max())
