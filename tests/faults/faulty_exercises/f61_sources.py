"""f61: Nobody gives the lines of a traceback any more."""

from __future__ import annotations

import linecache

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("lines", "they are refused")
def lines(lab: Lab) -> None:
    linecache.getline = None  # type: ignore[assignment]
    raise ValueError("without its lines")


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
