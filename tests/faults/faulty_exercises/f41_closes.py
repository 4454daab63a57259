"""f41: Descriptors that are not its own."""

from __future__ import annotations

import os

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("every", "closes every file")
def every(lab: Lab) -> None:
    os.closerange(0, 1024)
    lab.claim("it was done", 0, at_most=1)


@exercise.study("null", "puts nothing in the place of every file")
def null(lab: Lab) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for number in range(64):
        os.dup2(null, number)
    lab.claim("it was done", 0, at_most=1)


@exercise.study("streams", "closes the standard streams")
def streams(lab: Lab) -> None:
    for number in range(3):
        os.close(number)
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
