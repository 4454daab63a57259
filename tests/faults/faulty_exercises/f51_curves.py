"""f51: Curves of a million points, of odd ones, and without an end."""

from __future__ import annotations

from itertools import count

import numpy as np

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("dates", "dates")
def dates(lab: Lab) -> None:
    lab.curve("c", np.array(["2020-01-01"], dtype="datetime64[D]"), [1])


@exercise.study("long", "a million points")
def long(lab: Lab) -> None:
    lab.curve("c", np.arange(10**6), np.zeros(10**6))
    lab.claim("it was done", 0, at_most=1)


@exercise.study("extreme", "the ends of what a float is")
def extreme(lab: Lab) -> None:
    lab.curve("c", [1, 2], [1e308, -1e308])
    lab.claim("it was done", 0, at_most=1)


@exercise.study("endless", "no end")
def endless(lab: Lab) -> None:
    lab.curve("c", count(), count())


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
