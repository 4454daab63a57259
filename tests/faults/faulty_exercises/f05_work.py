"""f05: Comparisons whose work, names or calls are none."""

from __future__ import annotations

from typing import Any

import torch

from bench import Exercise, hookimpl

exercise = Exercise()


def setup(lab: Any) -> Any:
    return {"r": lambda: torch.ones(1, dtype=lab.dtype)}


exercise.comparison("seven", "work gives 7", reference="r", work=lambda: 7)(setup)
exercise.comparison("raises", "work raises", reference="r", work=lambda: 1 / 0)(setup)
exercise.comparison("five", "no dictionary", reference="r")(lambda lab: 5)
exercise.comparison("names", "names are no texts", reference="r")(lambda lab: setup(lab) | {7: print})


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
