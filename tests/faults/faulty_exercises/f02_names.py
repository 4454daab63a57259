"""f02: Names that are one file where letters are lost."""

from __future__ import annotations

import numpy as np

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


for id in ("б", "в", "A b", "a-b"):

    @exercise.study(id, f"part {id}")
    def part(lab: Lab) -> None:
        for name in ("误差", "精度", "A b", "a-b"):
            lab.figure(name, np.zeros((2, 2)))
            lab.curve(name, [1, 2], [1, 2])


@exercise.study("twice", "one name twice")
def twice(lab: Lab) -> None:
    lab.figure("same", np.zeros((2, 2)))
    lab.figure("same", np.ones((2, 2)))


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
