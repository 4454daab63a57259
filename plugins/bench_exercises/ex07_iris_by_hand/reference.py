"""One training run, by hand and by autograd: from the same parameters, full batch, Adam. Each gives an ``outcome``."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init

from .by_hand import RATE, Adam
from .network import SLOPE, Network
from .problem import SHAPES, SIZES, Task, Theta, flatten, outcome, unflatten


def train(network: type[Network], task: Task, steps: int) -> dict[str, Tensor]:
    """By hand: the gradients of ``network.backpropagate``, the steps of our own Adam."""
    theta = flatten(task.theta)
    net, adam = network(unflatten(theta)), Adam(theta)
    losses = []
    for step in range(steps):
        loss, gradient = net.backpropagate(task.x, task.y)
        adam.step(flatten(gradient))
        losses.append(loss)
        if step == 0:
            first = gradient
    return outcome(torch.stack(losses), net.theta, first)


def train_by_autograd(task: Task, steps: int, *, fused: bool | None = None) -> dict[str, Tensor]:
    """The same run as it is usually written."""
    model = sequential(task.theta)
    loss_of = nn.NLLLoss()
    adam = torch.optim.Adam(model.parameters(), lr=RATE, fused=fused)
    losses = []
    for step in range(steps):
        adam.zero_grad()
        loss = loss_of(model(task.x), task.y)
        loss.backward()
        adam.step()
        losses.append(loss.detach())
        if step == 0:
            first = gradients(model)
    return outcome(torch.stack(losses), parameters(model), first)


def sequential(theta: Theta) -> nn.Sequential:
    """The network as a module, with a copy of the given parameters.

    The layers' own initialisation is skipped: it would draw from the global random stream, to no use.
    """
    like = theta["W1"]
    layers: list[nn.Module] = []
    for inputs, nodes in pairwise(SIZES):
        layers += [skip_init(nn.Linear, inputs, nodes, device=like.device, dtype=like.dtype), nn.LeakyReLU(SLOPE)]
    model = nn.Sequential(*layers[:-1], nn.LogSoftmax(dim=1))
    model.load_state_dict(dict(zip(model.state_dict(), theta.values(), strict=True)))
    return model


def parameters(model: nn.Module) -> dict[str, Tensor]:
    """The parameters of ``sequential``, under our names for them."""
    return {name: p.detach() for name, p in zip(SHAPES, model.parameters(), strict=True)}


def gradients(model: nn.Module) -> dict[str, Any]:
    """What ``backward()`` has left in them."""
    return {name: p.grad for name, p in zip(SHAPES, model.parameters(), strict=True)}
