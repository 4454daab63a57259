"""f57: Studies that are generators, of which nothing is ever asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("a", "a yield that was forgotten")  # type: ignore[arg-type]
def a(lab: Lab) -> Iterator[int]:
    lab.claim("it was done", 0, at_most=1)
    yield 1


@exercise.study("b", "one that nobody awaits")  # type: ignore[arg-type]
async def b(lab: Lab) -> AsyncIterator[int]:
    lab.claim("it was done", 0, at_most=1)
    yield 1


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
