"""Work of a known size: a test copies this as an exercise, and plants a slow-down by raising UNITS in the copy.

``clock`` is for ``--benchmark-timer``. It goes forward by the work alone, so that what is planted is what is found
however busy the machine is.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import conv2d

from bench import Exercise, Lab, hookimpl

UNITS = 100
UNIT, TICK = 1e-6, 1e-12
"""Seconds of a unit, and of a look at the clock: pytest-benchmark asks what it resolves by looking until it moves."""
exercise = Exercise()
shown = 0.0


def clock() -> float:
    global shown
    shown += TICK
    return shown


def repeated(unit: Callable[[], Tensor]) -> Callable[[], Tensor]:
    def call() -> Tensor:
        global shown
        for _ in range(UNITS):
            answer = unit()
        shown += UNITS * UNIT
        return answer

    return call


def drawn(lab: Lab, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=lab.generator()).to(lab.dtype)


@exercise.comparison("a", "Products", reference="matmul")
def products(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    a, b = drawn(lab, 32, 32), drawn(lab, 32, 32)
    return {"matmul": repeated(lambda: a @ b), "mm": repeated(lambda: torch.mm(a, b))}


@exercise.comparison("b", "Convolutions", reference="conv2d")
def convolutions(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    picture, kernel = drawn(lab, 1, 1, 8, 8), drawn(lab, 1, 1, 3, 3)
    return {"conv2d": repeated(lambda: conv2d(picture, kernel))}


@exercise.comparison("c", "Small operations", reference="relu")
def small(lab: Lab) -> dict[str, Callable[[], Tensor]]:
    a, b = drawn(lab, 8, 8), drawn(lab, 8, 8)
    return {"relu": repeated(lambda: torch.relu(a + b)), "clamp": repeated(lambda: (a + b).clamp(min=0))}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
