"""ex12: AlexNet's table, every starred cell solved and every layer counted.

All modules that begin with a letter serve the one question: ``docs/exercise-grammar.md``.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl

from . import a_cost, a_enumeration, a_speed, a_table

exercise = Exercise(tags=("theory", "convolution", "counting"))


@exercise.study("a", "The starred cells, filled and held against PyTorch")
def fill_the_table(lab: Lab) -> None:
    a_table.study(lab)


@exercise.study("a.solve", "Every layer that fits the printed cells")
def everything_that_fits(lab: Lab) -> None:
    a_enumeration.study(lab)


@exercise.study("a.cost", "Beyond the sheet: where the parameters are, and where the work is")
def costs(lab: Lab) -> None:
    a_cost.study(lab)


@exercise.comparison(
    "a.speed",
    "Beyond the sheet: the table as a network, and what a forward pass costs",
    reference="as declared",
    work=lambda batch: Work(batch, "images"),
    batch=(1, 8),
)
def forward(lab: Lab, batch: int) -> dict[str, Callable[[], Tensor]]:
    return a_speed.variants(lab, batch)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
