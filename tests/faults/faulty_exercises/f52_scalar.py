"""f52: A parameter that is a scalar of numpy."""

from __future__ import annotations

import numpy as np

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.comparison("a", "a", reference="r", p=np.int64(3))
def a(lab: Lab, p: object) -> dict[str, object]:
    return {"r": lambda: None}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
