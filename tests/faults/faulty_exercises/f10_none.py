"""f10: A parameter that is none."""

from __future__ import annotations

from typing import Any

from bench import Exercise, hookimpl

exercise = Exercise()


PARAMETER: Any = None


@exercise.comparison("a", "a", reference="r", p=PARAMETER)
def a(lab: Any, p: Any) -> Any:
    return {}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
