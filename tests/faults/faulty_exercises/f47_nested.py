"""f47: What has no end."""

from __future__ import annotations

from typing import Any

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("name", "a name that is nested deeply")
def name(lab: Lab) -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    lab.claim(deep, 0, at_most=1)


@exercise.study("cell", "a cell that holds itself")
def cell(lab: Lab) -> None:
    own: list[Any] = []
    own.append(own)
    lab.table("t", [{"a": own}])


@exercise.study("chain", "an exception with twenty thousand causes")
def chain(lab: Lab) -> None:
    cause: Exception | None = None
    for number in range(20_000):
        error = ValueError(f"number {number}")
        error.__cause__, cause = cause, error
    raise error


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
