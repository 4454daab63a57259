"""ex96: Studies that end in every way there is."""

import os
import signal
import sys
from importlib import import_module

from bench import Exercise, Lab, Skip, hookimpl
from bench.errors import Missing

exercise = Exercise(tags=("trial",))


@exercise.study("ok", "Ends well, and prints")
def ok(lab: Lab) -> None:
    print("printed by a plugin")  # noqa: T201
    lab.claim("one is one", 1, equals=1)


@exercise.study("claim", "Claims what is not so")
def claim(lab: Lab) -> None:
    lab.claim("two is at most one", 2, at_most=1)


@exercise.study("skip", "Leaves itself out")
def skip(lab: Lab) -> None:
    raise Skip("nothing to see")


@exercise.study("missing", "Misses its data")
def missing(lab: Lab) -> None:
    raise Missing("no data; fetch them")


@exercise.study("later", "Misses its data the first time")
def later(lab: Lab) -> None:
    data = lab.checkpoint("data")
    if not data.exists():
        data.parent.mkdir(parents=True)
        data.touch()
        raise Missing("no data; fetch them")
    lab.claim("they were found", 1, equals=1)


@exercise.study("raises", "Raises")
def raises(lab: Lab) -> None:
    raise KeyError("what was looked for")


@exercise.study("memory", "Wants more memory than there is")
def memory(lab: Lab) -> None:
    import torch

    torch.empty(1 << 60)


@exercise.study("dies", "Dies of a signal")
def dies(lab: Lab) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


@exercise.study("once", "Dies at the first attempt, and goes on from its checkpoint at the second")
def once(lab: Lab) -> None:
    state = lab.checkpoint("half way")
    if not state.exists():
        state.parent.mkdir(parents=True)
        state.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    lab.claim("it went on", 1, equals=1)


@exercise.study("slow", "Takes too long the first time")
def slow(lab: Lab) -> None:
    state = lab.checkpoint("half way")
    if not state.exists():
        state.parent.mkdir(parents=True)
        state.touch()
        signal.pause()
    lab.claim("it went on", 1, equals=1)


@exercise.study("exits", "Exits")
def exits(lab: Lab) -> None:
    os._exit(3)


@exercise.study("nan", "Records a number that is none")
def nan(lab: Lab) -> None:
    lab.metric("undefined", float("nan"))


@exercise.study("imports", "Imports a library that takes long")
def imports(lab: Lab) -> None:
    lab.metric("it was here", float("numba" in sys.modules))
    import_module("numba")


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
