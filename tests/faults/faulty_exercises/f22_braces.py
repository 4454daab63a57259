"""f22: An answer of 50,000 braces."""

from __future__ import annotations

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("a", "a")
def a(lab: Lab) -> None:
    lab.claim("it holds", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
