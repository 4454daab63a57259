"""9a: the split that the sheet asks for, errors and costs of every depth, and what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error
from bench.kit.data import breast_cancer

from . import a_mistakes
from .by_hand import Trained, trained
from .checks import prove, the_solution
from .figures import learned, results
from .problem import TESTED, TRAINED, A, B, Choices, Task, networks_of, off_standard, pose, rows_of, seeds


def study(lab: Lab, choices: Choices) -> None:
    task = pose(lab, seeds(lab, networks_of(lab)), choices.split)
    the_split(lab, task)
    models = choices.of(A), choices.of(B)
    prove(lab, models, choices)
    the_solution(lab, models, choices)
    cells = [trained(lab, model, depth, choices) for model in models for depth in choices.depth]
    results(lab, cells)
    what_was_learned(lab, cells)
    a_mistakes.study(lab, task)


def the_split(lab: Lab, task: Task) -> None:
    lab.claim("tumours to train on", task.y.shape[1], equals=TRAINED, as_declared=True)
    lab.claim("tumours to test on", task.y_test.shape[1], equals=TESTED, as_declared=True)
    lab.claim("features: mean and variance on the training set off 0 and 1", off_standard(task), at_most=1e-12)
    lab.claim("features of the test set, off the training set's scale", off_scale(lab, task), at_most=1e-12)
    majority = 100 * task.majority_error()
    lab.metric("train error of the constant answer", majority.mean(), "%")
    lab.metric("train cost of the constant answer", task.constant_cost().mean(), "nat")
    lab.metric("networks of each kind", len(majority))


def off_scale(lab: Lab, task: Task) -> float:
    """The test set brought back to centimetres and the like by the mean and the deviation of its training set's raw
    rows, against its own raw rows: the largest difference, relative to the feature's deviation."""
    raw, worst = breast_cancer().x.double(), 0.0
    for k, seed in enumerate(seeds(lab, len(task.y))):
        train, test = (raw[rows] for rows in rows_of(seed, len(raw), task.y_test.shape[1]))
        expected = (test.numpy() - train.numpy().mean(0)) / train.numpy().std(0)
        worst = largest(worst, max_error(task.x_test[k].double().cpu(), torch.from_numpy(expected)))
    return worst


def what_was_learned(lab: Lab, cells: list[Trained]) -> None:
    """Measured effects, which one epoch does not show."""
    lab.metric("epochs", len(cells[0].trace.train_cost) - 1)
    deep = [cell for cell in cells if cell.stack.model.activation == "sigmoid" and cell.stack.depth > 3]
    excess: list[Tensor | float] = [0.0]
    excess += [(cell.trace.train_cost[-1] - cell.task.constant_cost()).abs().max() for cell in deep]
    lab.metric("sigmoid from 9 layers on: train cost from the constant answer's, furthest", largest(excess), "nat")
    off = off_constant([cell for cell in cells if cell.stack.model.activation == "ReLU"])
    lab.metric("ReLU networks that did not learn: train error from the constant answer's, mean", off, "%")
    if lab.profile == "smoke" or not lab.as_declared:
        return
    # One network in ten that stopped half way would be 1.9 % in the mean.
    name = "ReLU networks that did not learn: train error against the constant answer's, mean"
    lab.claim(name, off, at_most=1.9, as_declared=True)
    by_name = {cell.label: cell for cell in cells}
    for model in (A, B):
        share = learned(by_name[f"{model}, 3 hidden layers"]).double().mean()
        lab.claim(f"3 layers of {model}: share of the networks that learn", share, at_least=0.9, as_declared=True)
    # The noise of the batches keeps the two biases of the output within some 0.3 of their best, and that costs
    # p (1 - p) 0.3² / 2 = 0.01 nat.
    name = "sigmoid from 9 layers on: train cost against the constant answer's, furthest"
    lab.claim(name, largest(excess), at_most=0.01, as_declared=True)


def off_constant(cells: Sequence[Trained]) -> float:
    """Of the networks that did not learn: how far the training error is from the constant answer's, in per cent."""
    errors = [cell.trace.train_error[-1] - cell.task.majority_error() for cell in cells]
    off = torch.cat([error[~learned(cell)] for error, cell in zip(errors, cells, strict=True)]).abs()
    return 100 * float(off.mean()) if len(off) else 0.0
