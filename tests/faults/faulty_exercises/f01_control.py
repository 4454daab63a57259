"""f01: Names with characters that drive a terminal or abort the drawing."""

from __future__ import annotations

from collections.abc import Callable

import torch

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


NAMES = ("nul\0inside", "\x1b[31mred", "two\nlines")


@exercise.comparison("a", "a title \x1b[2J that clears", reference="plain")
def a(lab: Lab) -> dict[str, Callable[[], torch.Tensor]]:
    return {name: lambda: torch.ones(2, dtype=lab.dtype) for name in ("plain", *NAMES)}


@exercise.study("b", "what is recorded")
def b(lab: Lab) -> None:
    for name in NAMES:
        lab.claim(name, 0, at_most=1)
        lab.curve(name, [1, 2], [1, 2], series=name, x_label=name)
        lab.table(name, [{name: name}])


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
