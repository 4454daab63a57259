"""9a, break it: the classic slips of this exercise, computed, and held against the claims that they should fail."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, relative_error
from bench.kit.data import breast_cancer

from . import reference
from .by_hand import cost_backward, error
from .network import Saved, Stack
from .problem import A, Task, off_standard, rows_of, seeds, standardised

DEPTH = 3
GRADIENTS = "gradients of every layer by hand = autograd"
EPOCHS = "the model solution = trained together: costs and errors of every epoch"
Slope = Callable[[Tensor], Tensor]


def study(lab: Lab, task: Task) -> None:
    stack = Stack(A, DEPTH, seeds(lab, len(task.y)), like=task.x)
    outputs, saved = stack.forward(task.x)
    delta = cost_backward(outputs, task.y)
    wrong_target = 2 * outputs.softmax(2) / task.y.shape[1] - delta

    def gap(delta: Tensor, slope: Slope = slope_of, *, transposed: bool = False) -> float:
        return gradient_error(stack, task, wrong(stack, delta, saved, slope, transposed=transposed))

    backwards = [
        Mistake(name="the slope φ' forgotten", fails=GRADIENTS, value=gap(delta, torch.ones_like)),
        Mistake(name="φ' taken of h, not of z", fails=GRADIENTS, value=gap(delta, lambda h: slope_of(h.sigmoid()))),
        Mistake(name="W in place of its transpose", fails=GRADIENTS, value=gap(delta, transposed=True)),
        Mistake(name="the sum over the batch for its mean", fails=GRADIENTS, value=gap(delta * task.y.shape[1])),
        Mistake(name="softmax plus one-hot", fails=GRADIENTS, value=gap(wrong_target)),
    ]
    break_it(lab, *backwards, *in_the_data(lab, task, outputs))


def slope_of(h: Tensor) -> Tensor:
    return h * (1 - h)


def wrong(stack: Stack, delta: Tensor, saved: Sequence[Saved], slope: Slope, *, transposed: bool) -> list[Tensor]:
    """The weights' gradients as ``by_hand.backward`` gives them, with a slip where there is one."""
    gradients = []
    for number in reversed(range(len(stack.layers))):
        if number < stack.depth:
            weight = stack.layers[number + 1].weight
            square = weight.shape[1] == weight.shape[2]
            delta = (delta @ (weight.mT if transposed and square else weight)) * slope(saved[number].above)
        gradients.append(delta.mT @ saved[number].below)
    return gradients[::-1]


def gradient_error(stack: Stack, task: Task, found: Sequence[Tensor]) -> float:
    theirs = [reference.gradients(reference.module_of(stack, k), task.x[k], task.y[k]) for k in range(len(stack))]
    return largest(
        relative_error(found[number][k], theirs[k][number][0])
        for k in range(len(stack))
        for number in range(len(found))
    )


def in_the_data(lab: Lab, task: Task, outputs: Tensor) -> tuple[Mistake, ...]:
    raw = breast_cancer().x.to(task.x)
    train, _ = rows_of(seeds(lab, 1)[0], len(raw), task.y_test.shape[1])
    leaked = standardised(raw, raw)[0][train]
    accuracy = 1 - 2 * error(outputs, task.y)
    return (
        Mistake(name="a tenth of all tumours to test on", fails="tumours to test on", value=round(0.1 * len(raw))),
        Mistake(
            name="standardised with the test set",
            fails="features: mean and variance on the training set off 0 and 1",
            value=off_standard(task._replace(x=leaked[None])),
        ),
        Mistake(name="the accuracy reported as the error", fails=EPOCHS, value=float(accuracy.abs().max())),
    )
