"""f53: A part whose id has ten million letters."""

from __future__ import annotations

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("x" * 10_000_000, "t")
def a(lab: Lab) -> None:
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
