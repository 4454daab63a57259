"""f43: Processes that want to stay."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("deaf", "ignores whatever asks it to end")
def deaf(lab: Lab) -> None:
    script = "trap '' TERM HUP INT; while :; do sleep 1; done"
    subprocess.Popen(["sh", "-c", script], start_new_session=True)
    lab.claim("it was done", 0, at_most=1)


@exercise.study("bare", "has no environment")
def bare(lab: Lab) -> None:
    subprocess.Popen(["env", "-i", "setsid", "sleep", "900"])
    lab.claim("it was done", 0, at_most=1)


@exercise.study("traced", "is traced, and stopped")
def traced(lab: Lab) -> None:
    if not os.fork():
        ctypes.CDLL(None).ptrace(0, 0, 0, 0)
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(900)
    lab.claim("it was done", 0, at_most=1)


@exercise.study("reaper", "adopts its own orphans")
def reaper(lab: Lab) -> None:
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    if not os.fork():
        os.setsid()
        os.fork()
        time.sleep(900)
    lab.claim("it was done", 0, at_most=1)


@exercise.study("many", "fifty of them")
def many(lab: Lab) -> None:
    for _ in range(50):
        if not os.fork():
            os.setsid()
            time.sleep(900)
    lab.claim("it was done", 0, at_most=1)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
