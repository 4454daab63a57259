"""The problem: 150 flowers, split and standardised, and the weights that every training starts from."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from bench import Lab
from bench.kit.data import iris

SIZES = (4, 5, 5, 5, 3)
"""Inputs, three hidden layers of five nodes, classes."""
SHAPES = {
    f"{kind}{k}": (nodes, inputs) if kind == "W" else (nodes,)
    for k, (inputs, nodes) in enumerate(pairwise(SIZES), start=1)
    for kind in "Wb"
}
"""The 103 parameters: weights (to, from) and biases, layer by layer."""
TESTED = 25
"""The sheet asks for test/train = 0.2, which makes 25 of 150 flowers: a sixth of them, not a fifth."""
LEARNING_RATE = 1e-3
SEEDS_PER_LAB = 1000
"""Network s of a lab with seed r has seed 1000 r + s: two labs share none."""

Theta = Mapping[str, Tensor]
"""The parameters by name, in the order W1, b1, ..., W4, b4; ``Wk`` is (nodes of layer k, nodes of layer k-1)."""
Variants = dict[str, Callable[[], dict[str, Tensor]]]
"""What a comparison holds against each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be learned. ``x`` is (N, 4); ``y`` is (N,), a class 0, 1 or 2.

    Several tasks ``stacked`` are a task whose arrays have one dimension more, in front.
    """

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor
    theta: Theta


def pose(lab: Lab) -> Task:
    """The training and the test set, and the initial parameters, on the lab's device and in its dtype.

    The seed decides the split and the parameters.
    """
    lab.uses(iris())
    return pose_seed(lab.seed, lab.device, lab.dtype)


def pose_seed(seed: int, device: torch.device, dtype: torch.dtype, *, standardised: bool = True) -> Task:
    """The same without a lab."""
    flowers, generator = iris(), torch.Generator().manual_seed(seed)
    train, test = split(flowers.y, generator)
    x = standardise(flowers.x, flowers.x[train]) if standardised else flowers.x
    # Rounded to float32 first, and drawn in it, so that every dtype is given one problem.
    x, y = x.float().to(device, dtype), flowers.y.to(device)
    theta = {name: p.to(device, dtype) for name, p in initial(generator).items()}
    return Task(x=x[train], y=y[train], x_test=x[test], y_test=y[test], theta=theta)


def seeds(lab: Lab, count: int) -> range:
    """The seeds of a lab's networks, where it trains several."""
    return range(SEEDS_PER_LAB * lab.seed, SEEDS_PER_LAB * lab.seed + count)


def stacked(tasks: Sequence[Task]) -> Task:
    """Task number s in row s of every array."""
    return Task(
        x=torch.stack([task.x for task in tasks]),
        y=torch.stack([task.y for task in tasks]),
        x_test=torch.stack([task.x_test for task in tasks]),
        y_test=torch.stack([task.y_test for task in tasks]),
        theta={name: torch.stack([task.theta[name] for task in tasks]) for name in SHAPES},
    )


def split(y: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Indices of the 125 flowers to train on and the 25 to test on, the classes in proportion.

    Each class is shuffled, then the classes are dealt out in turn, a random one first: the first 25 flowers hold 8, 8
    and 9 of each. Raises ``RuntimeError`` unless all classes are equally large.
    """
    classes = [torch.nonzero(y == c).flatten() for c in torch.randperm(SIZES[-1], generator=generator)]
    order = torch.stack([c[torch.randperm(len(c), generator=generator)] for c in classes], 1).flatten()
    return order[TESTED:], order[:TESTED]


def standardise(x: Tensor, train: Tensor) -> Tensor:
    """Every feature to mean 0 and deviation 1, as measured on the training set alone."""
    return (x - train.mean(0)) / train.std(0, correction=0)


def initial(generator: torch.Generator) -> dict[str, Tensor]:
    """Weights and biases alike from U(0, 1), in float32."""
    return {name: torch.rand(shape, generator=generator) for name, shape in SHAPES.items()}


def flatten(theta: Theta) -> Tensor:
    """All 103 numbers in one vector; a copy."""
    return torch.cat([theta[name].flatten() for name in SHAPES])


def unflatten(vector: Tensor) -> dict[str, Tensor]:
    """The parameters as views of a vector of 103."""
    blocks = vector.split([math.prod(shape) for shape in SHAPES.values()])
    return {name: block.view(shape) for (name, shape), block in zip(SHAPES.items(), blocks, strict=True)}


def outcome(losses: Tensor, theta: Theta, gradient: Theta) -> dict[str, Tensor]:
    """What a training gives: ``losses`` (steps,), each before its step; W1, ... at the end; dW1, ... of the first step.

    The gradient is there to be held against the reference's: Adam forgives a constant factor, such as a lost 1/N.
    """
    return {"losses": losses, **theta, **{f"d{name}": g for name, g in gradient.items()}}
