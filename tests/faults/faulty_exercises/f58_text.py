"""f58: A parameter of ten million letters."""

from __future__ import annotations

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.comparison("a", "a", reference="r", p="x" * 10_000_000)
def a(lab: Lab, p: object) -> dict[str, object]:
    return {"r": lambda: None}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
