"""ex81: Three studies, each of which waits until its gate is open."""

import os
import time
from pathlib import Path

import torch

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


def passed(lab: Lab, gate: str) -> None:
    """Through the gate, a file of this name in ``$TEST_GATES``; then measure something that a seed decides."""
    while not Path(os.environ["TEST_GATES"], gate).exists():
        time.sleep(0.05)
    x = torch.randn(4, 4, generator=lab.generator(), dtype=lab.dtype)
    lab.metric("mean", x.mean(), "m")
    lab.figure("x", x.sigmoid())


@exercise.study("a", "Behind gate a")
def first(lab: Lab) -> None:
    passed(lab, "a")


@exercise.study("b", "Behind gate b")
def second(lab: Lab) -> None:
    passed(lab, "b")


@exercise.study("c", "Behind gate c")
def third(lab: Lab) -> None:
    passed(lab, "c")


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
