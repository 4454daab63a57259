"""The problem: benign or malignant, from thirty measurements; the sheet's numbers; a split for each seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error
from bench.kit.data import breast_cancer

DEPTHS = (3, 9, 13, 17, 19)
INPUTS, WIDTH, OUTPUTS = 30, 5, 2
LEARNING_RATE, BATCH, EPOCHS = 1e-3, 32, 50
SPLIT = 0.1
"""n_test / n_train."""
TRAINED, TESTED = 517, 52
"""Of 569 tumours: the whole numbers that come nearest."""
SEEDS_PER_LAB = 1000
"""Network k of a lab with seed r has seed 1000 r + k: two labs share none."""

Call = Callable[[], Mapping[str, Tensor]]
"""A variant: it trains, and gives the weight matrices of all networks, layer by layer."""


class Model(NamedTuple):
    """What a network is made of besides its depth: "sigmoid" or "ReLU", with or without batch norm, ``width`` nodes in
    a hidden layer, and weights "pytorch" as PyTorch draws them, or uniform by the laws of "xavier" or "he"."""

    activation: str
    normed: bool = False
    width: int = WIDTH
    initialisation: str = "pytorch"

    def __str__(self) -> str:
        return f"{self.activation} + BN" if self.normed else self.activation


A, B = Model("sigmoid"), Model("ReLU")
A_NORMED, B_NORMED = Model("sigmoid", normed=True), Model("ReLU", normed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the sheet fixes and a run may change: ``depth`` has the hidden layers of every network, ``split`` is the
    number of test tumours over that of training ones."""

    depth: tuple[int, ...] = DEPTHS
    width: int = WIDTH
    split: float = SPLIT
    epochs: int = EPOCHS
    optimizer: str = "adam"
    learning_rate: float = LEARNING_RATE
    initialisation: str = "pytorch"

    def of(self, model: Model) -> Model:
        """The model with the width and the initial weights that were chosen."""
        return model._replace(width=self.width, initialisation=self.initialisation)


SHEET = Choices()


class Task(NamedTuple):
    """What K networks are given, each its own split: x (K, N, 30) and y (K, N) to train on, x_test (K, T, 30) and
    y_test (K, T); features standardised by the statistics of that network's training set."""

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor

    def of(self, networks: slice) -> Task:
        """Of some of the networks."""
        return Task(*(values[networks] for values in self))

    def majority_error(self) -> Tensor:
        """(K,): the training error of the constant answer, the class that has more tumours."""
        share = self.y.double().mean(1)
        return torch.minimum(share, 1 - share)

    def constant_cost(self) -> Tensor:
        """(K,): the least training cost of a constant answer, the entropy of the classes in nat."""
        share = self.y.double().mean(1)
        return -(share * share.log() + (1 - share) * (1 - share).log())


def networks_of(lab: Lab) -> int:
    """How many networks of one model and depth are trained."""
    return lab.pick(smoke=2, quick=10, full=64)


def seeds(lab: Lab, count: int) -> range:
    return range(SEEDS_PER_LAB * lab.seed, SEEDS_PER_LAB * lab.seed + count)


def pose(lab: Lab, chosen: Sequence[int], split: float = SPLIT) -> Task:
    """One random split a seed, the same on every device and in every dtype; at least two tumours on either side."""
    data = lab.uses(breast_cancer())
    tested = tested_of(len(data.y), split)
    each = [pose_one(data.x, data.y, *rows_of(seed, len(data.y), tested)) for seed in chosen]
    x, y, x_test, y_test = map(torch.stack, zip(*each, strict=True))
    return Task(
        x=x.to(lab.device, lab.dtype),
        y=y.to(lab.device),
        x_test=x_test.to(lab.device, lab.dtype),
        y_test=y_test.to(lab.device),
    )


def tested_of(tumours: int, split: float) -> int:
    # A tenth of n_train, and not of all: 517 · 0.1 is nearest to 52 where 569 · 0.1 would be 57.
    return min(max(2, round(tumours * split / (1 + split))), tumours - 2)


def rows_of(seed: int, tumours: int, tested: int) -> tuple[Tensor, Tensor]:
    """The rows to train on and those to test on."""
    order = torch.randperm(tumours, generator=torch.Generator().manual_seed(seed))
    return order[tested:], order[:tested]


def order_of(seed: int, tumours: int) -> torch.Generator:
    """The stream that orders a network's batches: the seed's, after the split was drawn from it."""
    generator = torch.Generator().manual_seed(seed)
    torch.randperm(tumours, generator=generator)
    return generator


def pose_one(x: Tensor, y: Tensor, train: Tensor, test: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """x, y, x_test and y_test of one split, standardised."""
    inputs, tests = standardised(x[train], x[test])
    return inputs, y[train], tests, y[test]


def standardised(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Zero mean and unit variance on the training set; the test set is moved and scaled by the same numbers."""
    mean, std = train.mean(0), train.std(0, correction=0)
    return (train - mean) / std, (test - mean) / std


def off_standard(task: Task) -> float:
    """How far any feature of any network's training set is from mean 0 and variance 1."""
    mean, variance = task.x.mean(1), task.x.var(1, correction=0)
    return largest(max_error(mean, torch.zeros_like(mean)), max_error(variance, torch.ones_like(variance)))


def as_content(model: Model, depth: int, choices: Choices) -> dict[str, Any]:
    """All that a training depends on, as values of JSON."""
    fixed = {"split": choices.split, "epochs": choices.epochs, "optimizer": choices.optimizer}
    return {"model": list(model), "depth": depth, "learning_rate": choices.learning_rate, **fixed}
