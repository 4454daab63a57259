"""f24: Its import never ends."""

from __future__ import annotations

from bench import Exercise, hookimpl

exercise = Exercise()


while True:
    pass


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
