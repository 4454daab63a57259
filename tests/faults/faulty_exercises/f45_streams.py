"""f45: Streams that are not what they were."""

from __future__ import annotations

import sys
import time

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


class Bad:
    def write(self, text: str) -> int:
        raise OSError(text)

    def flush(self) -> None:
        raise OSError


class Slow:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        time.sleep(900)


@exercise.study("gone", "none at all")
def gone(lab: Lab) -> None:
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None  # type: ignore[misc, assignment]
    raise ValueError("after they had gone")


@exercise.study("raises", "writing raises")
def raises(lab: Lab) -> None:
    sys.stdout = sys.stderr = Bad()  # type: ignore[assignment]
    lab.claim("it was done", 0, at_most=1)


@exercise.study("hangs", "flushing hangs")
def hangs(lab: Lab) -> None:
    sys.stdout = sys.stderr = Slow()  # type: ignore[assignment]
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
