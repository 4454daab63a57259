"""f16: A title that is a number."""

from __future__ import annotations

from typing import Any

from bench import Exercise, hookimpl

exercise = Exercise()


TITLE: Any = 5


@exercise.study("a", TITLE)
def a(lab: Any) -> None:
    pass


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
