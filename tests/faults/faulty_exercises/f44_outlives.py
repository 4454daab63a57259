"""f44: What would go on after the end."""

from __future__ import annotations

import atexit as at_exit
import threading
import time

from bench import Exercise, Lab, hookimpl

exercise = Exercise()
kept: list[object] = []


class Slow:
    def __del__(self) -> None:
        time.sleep(900)


@exercise.study("thread", "a thread that sleeps")
def thread(lab: Lab) -> None:
    threading.Thread(target=time.sleep, args=(900,)).start()
    lab.claim("it was done", 0, at_most=1)


@exercise.study("atexit", "an end that hangs")
def atexit(lab: Lab) -> None:
    at_exit.register(time.sleep, 900)
    lab.claim("it was done", 0, at_most=1)


@exercise.study("finaliser", "a finaliser that hangs")
def finaliser(lab: Lab) -> None:
    kept.append(Slow())
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
