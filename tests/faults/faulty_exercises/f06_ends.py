"""f06: Ways to end that tell nobody why."""

from __future__ import annotations

import sys

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@exercise.study("exit", "sys.exit(0)")
def leave(lab: Lab) -> None:
    sys.exit(0)


@exercise.study("mute", "an exception whose str raises")
def mute(lab: Lab) -> None:
    raise MuteError


@exercise.study("loud", "an exception of two million letters")
def loud(lab: Lab) -> None:
    raise ValueError("x" * 2_000_000)


@exercise.study("break", "KeyboardInterrupt")
def interrupt(lab: Lab) -> None:
    raise KeyboardInterrupt


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
