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

FEATURES, CLASSES = 4, 3
LEARNING_RATE = 1e-3
SEEDS_PER_LAB = 1000
"""Network s of a lab with seed r has seed 1000 r + s: two labs share none."""

Theta = Mapping[str, Tensor]
"""The parameters by name, in the order W1, b1, ..., W4, b4; ``Wk`` is (nodes of layer k, nodes of layer k-1)."""
Law = Callable[[int, int], float]
"""The variance of a weight, of the number of inputs and of outputs of its layer."""
Variants = dict[str, Callable[[], dict[str, Tensor]]]
"""What a comparison holds against each other."""


def xavier(inputs: int, outputs: int) -> float:
    """Glorot & Bengio 2010, equation 12."""
    return 2 / (inputs + outputs)


def he(inputs: int, outputs: int) -> float:
    """He et al. 2015, equation 10."""
    return 2 / inputs


LAWS: dict[str, Law] = {"Xavier": xavier, "He": he}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the sheet fixes and a run may change; ``split`` is the number of test flowers over that of training ones,
    ``initialisation`` "uniform" for U(0, 1), or "xavier" or "he" for normal weights of that law and biases of 0."""

    width: int = 5
    depth: int = 3
    split: float = 0.2
    learning_rate: float = LEARNING_RATE
    optimizer: str = "adam"
    initialisation: str = "uniform"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, the nodes of every hidden layer, classes."""
        return (FEATURES, *(self.width,) * self.depth, CLASSES)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Of the parameters: weights (to, from) and biases, layer by layer."""
        return {
            f"{kind}{k}": (nodes, inputs) if kind == "W" else (nodes,)
            for k, (inputs, nodes) in enumerate(pairwise(self.sizes), start=1)
            for kind in "Wb"
        }

    def tested(self, flowers: int) -> int:
        """How many of them are left to test on: at least one, and not all."""
        return min(max(1, round(flowers * self.split / (1 + self.split))), flowers - 1)


SHEET = Choices()
SIZES = SHEET.sizes
"""Inputs, three hidden layers of five nodes, classes."""
SHAPES = SHEET.shapes
"""The 103 parameters."""
TESTED = SHEET.tested(150)
"""The sheet asks for test/train = 0.2, which makes 25 of 150 flowers: a sixth of them, not a fifth."""


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


def pose(lab: Lab, choices: Choices = SHEET) -> Task:
    """The training and the test set, and the initial parameters, on the lab's device and in its dtype.

    The seed decides the split and the parameters.
    """
    lab.uses(iris())
    return pose_seed(lab.seed, lab.device, lab.dtype, choices=choices)


def pose_seed(
    seed: int, device: torch.device, dtype: torch.dtype, *, standardised: bool = True, choices: Choices = SHEET
) -> Task:
    """The same without a lab."""
    flowers, generator = iris(), torch.Generator().manual_seed(seed)
    train, test = split(flowers.y, generator, choices.tested(len(flowers.y)))
    x = standardise(flowers.x, flowers.x[train]) if standardised else flowers.x
    # Rounded to float32 first, and drawn in it, so that every dtype is given one problem.
    x, y = x.float().to(device, dtype), flowers.y.to(device)
    theta = {name: p.to(device, dtype) for name, p in initial(generator, choices).items()}
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
        theta={name: torch.stack([task.theta[name] for task in tasks]) for name in tasks[0].theta},
    )


def split(y: Tensor, generator: torch.Generator, tested: int = TESTED) -> tuple[Tensor, Tensor]:
    """Indices of the flowers to train on, 125 on the sheet, and those to test on, 25, the classes in proportion.

    Each class is shuffled, then the classes are dealt out in turn, a random one first: the first 25 flowers hold 8, 8
    and 9 of each. Raises ``RuntimeError`` unless all classes are equally large.
    """
    classes = [torch.nonzero(y == c).flatten() for c in torch.randperm(SIZES[-1], generator=generator)]
    order = torch.stack([c[torch.randperm(len(c), generator=generator)] for c in classes], 1).flatten()
    return order[tested:], order[:tested]


def standardise(x: Tensor, train: Tensor) -> Tensor:
    """Every feature to mean 0 and deviation 1, as measured on the training set alone."""
    return (x - train.mean(0)) / train.std(0, correction=0)


def initial(generator: torch.Generator, choices: Choices = SHEET) -> dict[str, Tensor]:
    """Parameters in float32: weights and biases alike from U(0, 1), unless another initialisation is chosen."""
    if choices.initialisation != "uniform":
        return normal(generator, choices, LAWS[choices.initialisation.capitalize()])
    return {name: torch.rand(shape, generator=generator) for name, shape in choices.shapes.items()}


def normal(generator: torch.Generator, choices: Choices, law: Law) -> dict[str, Tensor]:
    """Weights N(0, law) and biases 0, in float32; the numbers that are drawn do not depend on the law."""
    theta = {}
    for name, shape in choices.shapes.items():
        number = torch.randn(shape, generator=generator)
        theta[name] = (math.sqrt(law(shape[1], shape[0])) if len(shape) == 2 else 0.0) * number
    return theta


def layers(theta: Theta) -> int:
    """How many layers have weights, the last one among them."""
    return len(theta) // 2


def names(theta: Theta) -> list[str]:
    """W1, b1, W2, …, whatever order they lie in."""
    return [f"{kind}{k}" for k in range(1, layers(theta) + 1) for kind in "Wb"]


def flatten(theta: Theta) -> Tensor:
    """All numbers in one vector, 103 on the sheet; a copy."""
    return torch.cat([theta[name].flatten() for name in names(theta)])


def unflatten(vector: Tensor, shapes: Mapping[str, Sequence[int]] = SHAPES) -> dict[str, Tensor]:
    """The parameters as views of such a vector."""
    blocks = vector.split([math.prod(shape) for shape in shapes.values()])
    return {name: block.view(*shape) for (name, shape), block in zip(shapes.items(), blocks, strict=True)}


def shapes_of(theta: Theta) -> dict[str, tuple[int, ...]]:
    return {name: tuple(theta[name].shape) for name in names(theta)}


def outcome(losses: Tensor, theta: Theta, gradient: Theta) -> dict[str, Tensor]:
    """What a training gives: ``losses`` (steps,), each before its step; W1, ... at the end; dW1, ... of the first step.

    The gradient is there to be held against the reference's: Adam forgives a constant factor, such as a lost 1/N.
    """
    return {"losses": losses, **theta, **{f"d{name}": g for name, g in gradient.items()}}
