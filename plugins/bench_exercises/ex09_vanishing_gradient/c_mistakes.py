"""9c, break it: what goes wrong with batch norm, computed, and held against the claims that it should fail."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, relative_error

from . import reference
from .by_hand import Trained, backpropagate, cost, optimiser, step
from .checks import averages_error
from .network import MOMENTUM, Stack, Statistics, network
from .problem import SHEET

GRADIENTS = "gradients of every layer by hand = autograd, batch norm"
AVERAGES = "running averages of batch norm = PyTorch's, after the same updates"
EPOCHS = "the model solution = trained together: costs and errors of every epoch, batch norm"
STEPS = 5


def study(lab: Lab, cell: Trained) -> None:
    found, right = gradients_by_averages(cell)
    in_training = cost(cell.stack.forward(cell.task.x)[0], cell.task.y)
    mistakes = [
        Mistake(name="the statistics taken for constants backwards", fails=GRADIENTS, value=constants(cell)),
        Mistake(name="evaluation mode for training mode", fails=GRADIENTS, value=relative_error(found, right)),
        Mistake(
            name="a cost measured without eval()",
            fails=EPOCHS,
            value=float((in_training - cell.trace.train_cost[-1]).abs().max()),
        ),
        Mistake(name="the biased variance averaged", fails=AVERAGES, value=averaged(cell, biased)),
        Mistake(name="momentum 0.9 on the new value", fails=AVERAGES, value=averaged(cell, reversed_momentum)),
        Mistake(name="averages that are never moved", fails=AVERAGES, value=averaged(cell, never)),
    ]
    break_it(lab, *mistakes)


def gradients_by_averages(cell: Trained) -> tuple[list[Tensor], list[Tensor]]:
    """The weights' gradients in evaluation mode, and in training mode."""
    found = []
    for evaluating in (True, False):
        backpropagate(cell.stack, cell.task.x, cell.task.y, evaluating)
        found.append([layer.weight.clone() for layer in cell.stack.gradients])
    return found[0], found[1]


def constants(cell: Trained) -> float:
    """Autograd through a batch norm whose mean and variance are detached, against autograd through all of it."""
    x, y = cell.task.x[0], cell.task.y[0]
    net = network(cell.stack.model, cell.stack.depth, cell.stack.seeds[0]).to(x)
    right = [parts[0].clone() for parts in reference.gradients(net, x, y)]
    net.zero_grad()
    h = x
    for module in net:
        h = detached(module, h) if isinstance(module, torch.nn.BatchNorm1d) else module(h)
    torch.nn.functional.cross_entropy(h, y).backward()
    return largest(
        relative_error(weight.grad, other)
        for weight, other in zip(reference.weights_of(net), right, strict=True)
        if weight.grad is not None
    )


def detached(norm: torch.nn.BatchNorm1d, z: Tensor) -> Tensor:
    mean, variance = z.mean(0).detach(), z.var(0, correction=0).detach()
    return norm.weight * (z - mean) / (variance + norm.eps).sqrt() + norm.bias


Follow = Callable[[Statistics, Statistics, int], None]


def biased(running: Statistics, batch: Statistics, size: int) -> None:
    for ours, new in zip(running, batch, strict=True):
        ours.lerp_(new, MOMENTUM)


def reversed_momentum(running: Statistics, batch: Statistics, size: int) -> None:
    running.mean.lerp_(batch.mean, 1 - MOMENTUM)
    running.variance.lerp_(batch.variance * (size / (size - 1)), 1 - MOMENTUM)


def never(running: Statistics, batch: Statistics, size: int) -> None:
    """They stay 0 and 1."""


@torch.no_grad()
def averaged(cell: Trained, follow: Follow) -> float:
    """A few updates of the first network with such averages: how far these are from PyTorch's."""
    task, seed = cell.task.of(slice(1)), cell.stack.seeds[:1]
    stack = Stack(cell.stack.model, cell.stack.depth, seed, like=task.x)
    stepper = optimiser(stack, SHEET)
    for chosen in islice(reference.endless_batches(task, seed), STEPS):
        step(stack, stepper, task, chosen.to(task.y.device), follow=follow)
    with torch.enable_grad():
        net = network(cell.stack.model, cell.stack.depth, seed[0]).to(task.x)
        reference.train_one(net, task, seed[0], STEPS)
    return averages_error(stack, 0, net)
