"""f46: Limits that it sets itself."""

from __future__ import annotations

import resource

import numpy as np

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("size", "files without a byte")
def size(lab: Lab) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    lab.figure("f", np.zeros((2, 2)))


@exercise.study("files", "three open files")
def files(lab: Lab) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    lab.figure("f", np.zeros((2, 2)))


@exercise.study("memory", "no memory")
def memory(lab: Lab) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (1, 1))
    bytearray(10**8)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
