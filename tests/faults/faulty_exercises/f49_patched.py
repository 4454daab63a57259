"""f49: Libraries that are not what they were."""

from __future__ import annotations

import builtins
import os
import sys
import time

import msgspec

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("encoder", "the encoder has gone")
def encoder(lab: Lab) -> None:
    msgspec.json.encode = None  # type: ignore[assignment]
    lab.claim("it was done", 0, at_most=1)


@exercise.study("clock", "the clock stands")
def clock(lab: Lab) -> None:
    time.perf_counter = time.monotonic = lambda: 0.0
    lab.claim("it was done", 0, at_most=1)


@exercise.study("exit", "the exit leads nowhere")
def exit(lab: Lab) -> None:
    os._exit = lambda code: None  # type: ignore[assignment, return-value]
    lab.claim("it was done", 0, at_most=1)


@exercise.study("length", "everything is empty")
def length(lab: Lab) -> None:
    builtins.len = lambda each: 0
    lab.claim("it was done", 0, at_most=1)


@exercise.study("modules", "no module is known")
def modules(lab: Lab) -> None:
    sys.modules.clear()
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
