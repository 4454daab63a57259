"""f03: A figure that is a link to elsewhere."""

from __future__ import annotations

import numpy as np

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


@exercise.study("a", "a link")
def a(lab: Lab) -> None:
    lab.figure("picture", np.zeros((2, 2)))
    file = lab.folder / lab.findings.figures[0].path
    file.unlink()
    file.symlink_to("/etc/hostname")


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
