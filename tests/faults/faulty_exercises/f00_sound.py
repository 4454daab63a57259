"""f00: One that is sound."""

from __future__ import annotations

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("a", "a claim that holds")
def a(lab: Lab) -> None:
    lab.claim("it holds", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
