"""f17: A device that nobody has."""

from __future__ import annotations

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("a", "a", devices=("tpu",))
def a(lab: Lab) -> None:
    pass


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
