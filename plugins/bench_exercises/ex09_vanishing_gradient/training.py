"""Training K networks together: each has its own initial weights and its own order of the data."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.training import Diverged

from . import byhand
from .adam import Adam
from .models import BATCH, EPOCHS, RATE
from .sgd import SGD
from .stack import Stack
from .task import Task

Track = Callable[[range], Iterable[int]]


OPTIMIZERS: dict[str, type[Adam] | type[SGD]] = {"adam": Adam, "sgd": SGD}


class Trace(NamedTuple):
    """Costs and errors before the training and after every epoch, (epochs + 1, K), in evaluation mode on whole sets."""

    train_cost: Tensor
    train_error: Tensor
    test_cost: Tensor
    test_error: Tensor


@torch.inference_mode()
def train(
    stack: Stack,
    task: Task,
    epochs: int = EPOCHS,
    track: Track = iter,
    *,
    optimizer: str = "adam",
    learning_rate: float = RATE,
) -> Trace:
    """On batches of 32, ``epochs`` times over the training set; autograd looks away, which saves a fifth.

    Raises ``Diverged`` where a cost is no longer finite.
    """
    stepper = OPTIMIZERS[optimizer](stack.theta, stack.gradient, learning_rate)
    generators = [torch.Generator().manual_seed(seed) for seed in stack.seeds]
    scores = [score(stack, task)]
    for _ in track(range(epochs)):
        for chosen in batches(generators, len(task.y)):
            step(stack, stepper, task, chosen.to(task.y.device))
        scores.append(score(stack, task))
    trace = Trace(*map(torch.stack, zip(*scores, strict=True)))
    check_finite(trace)
    return trace


def check_finite(trace: Trace) -> None:
    """Raises ``Diverged`` unless every cost is a finite number."""
    bad = ~(trace.train_cost.isfinite() & trace.test_cost.isfinite())
    epochs, networks = bad.nonzero().T
    if len(epochs):
        count, first = len(networks.unique()), int(epochs.min())
        raise Diverged(
            f"{count} of {bad.shape[1]} networks diverged, the first in epoch {first}: lower the learning rate"
        )


def batches(generators: Sequence[torch.Generator], count: int) -> Iterator[Tensor]:
    """One epoch of indices (K, B), B = 32 and in the end what is left, as K ``RandomSampler``s draw them."""
    yield from torch.stack([permutation(generator, count) for generator in generators]).split(BATCH, dim=1)


def permutation(generator: torch.Generator, count: int) -> Tensor:
    """One epoch of a ``RandomSampler``, which at the end of each draws a second permutation and uses none of it."""
    order = torch.randperm(count, generator=generator)
    torch.randperm(count, generator=generator)
    return order


def step(stack: Stack, optimizer: Adam | SGD, task: Task, chosen: Tensor) -> None:
    saved, _ = stack.backpropagate(task.x[chosen], task.y[chosen])
    stack.follow(saved)
    optimizer.step()


def score(stack: Stack, task: Task) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Cost and error (K,) on the training set, then on the test set."""
    outputs = stack.outputs(torch.cat([task.x, task.x_test]))
    train, test = outputs.split([len(task.y), len(task.y_test)], dim=1)
    y, y_test = stack.shared(task.y), stack.shared(task.y_test)
    return byhand.cost(train, y), error(train, y), byhand.cost(test, y_test), error(test, y_test)


def error(outputs: Tensor, y: Tensor) -> Tensor:
    """The share of wrong answers of each network, (K,)."""
    return (outputs.argmax(2) != y).to(outputs.dtype).mean(1)
