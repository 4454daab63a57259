"""The sheet's problem: benign or malignant, from thirty measurements; 517 tumours to learn from, 52 to test on."""

from typing import NamedTuple

import torch
from torch import Tensor

from bench import Lab
from bench.kit.data import breast_cancer

SPLIT = 0.1
"""n_test / n_train."""
TESTED = 52
"""Of 569 tumours: 52 and 517, the whole numbers that come nearest."""


class Task(NamedTuple):
    """x (517, 30), y (517,), x_test (52, 30), y_test (52,): features standardised by the training set's statistics."""

    x: Tensor
    y: Tensor
    x_test: Tensor
    y_test: Tensor

    def majority_error(self) -> float:
        """The training error of the constant answer "benign"."""
        return float((self.y != self.y.mode().values).double().mean())


def problem(lab: Lab, split: float = SPLIT) -> Task:
    """One random split per seed, the same on every device and in every dtype; at least two tumours on either side."""
    data = lab.uses(breast_cancer())
    order = torch.randperm(len(data.y), generator=lab.generator())
    count = min(max(2, round(len(data.y) * split / (1 + split))), len(data.y) - 2)
    chosen, tested = order[count:], order[:count]
    x, x_test = standardised(data.x[chosen], data.x[tested])
    numbers = [values.to(lab.device, lab.dtype) for values in (x, x_test)]
    return Task(numbers[0], data.y[chosen].to(lab.device), numbers[1], data.y[tested].to(lab.device))


def standardised(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor]:
    """Zero mean and unit variance on the training set; the test set is moved and scaled by the same numbers."""
    mean, std = train.mean(0), train.std(0, correction=0)
    return (train - mean) / std, (test - mean) / std
