"""f40: Signals that are seldom sent."""

from __future__ import annotations

import os
import signal

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("user", "a user's signal")
def user(lab: Lab) -> None:
    os.kill(os.getpid(), signal.SIGUSR1)


@exercise.study("real_time", "a signal without a name")
def real_time(lab: Lab) -> None:
    os.kill(os.getpid(), 40)


@exercise.study("group", "asks its own group to end")
def group(lab: Lab) -> None:
    os.killpg(0, signal.SIGTERM)
    signal.pause()


@exercise.study("stop", "stops, and does not end")
def stop(lab: Lab) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
