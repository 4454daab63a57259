"""f42: Forks that go on like the task itself."""

from __future__ import annotations

import os

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("both", "two of them answer")
def both(lab: Lab) -> None:
    os.fork()
    lab.claim("it was done", 0, at_most=1)


@exercise.study("one", "the copy fails after the task has gone on")
def one(lab: Lab) -> None:
    reading, writing = os.pipe()
    if not os.fork():
        os.read(reading, 1)
        raise ValueError("in the copy")
    lab.claim("it was done", 0, at_most=1)
    os.write(writing, b"x")


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
