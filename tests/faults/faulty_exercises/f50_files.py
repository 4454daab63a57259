"""f50: A figure that is not the file that was written."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from bench import Exercise, Lab, hookimpl

exercise = Exercise()


def figure(lab: Lab) -> Path:
    lab.figure("f", np.random.default_rng(0).random((64, 64)))
    return lab.folder / lab.findings.figures[0].path


@exercise.study("pipe", "a pipe, from which nobody would ever read")
def pipe(lab: Lab) -> None:
    path = figure(lab)
    path.unlink()
    os.mkfifo(path)


@exercise.study("folder", "a folder")
def folder(lab: Lab) -> None:
    path = figure(lab)
    path.unlink()
    path.mkdir()


@exercise.study("half", "half of it")
def half(lab: Lab) -> None:
    os.truncate(figure(lab), 60)


@exercise.study("sparse", "eight gigabytes of nothing")
def sparse(lab: Lab) -> None:
    os.truncate(figure(lab), 8 * 2**30)


@exercise.study("words", "a page instead of a picture")
def words(lab: Lab) -> None:
    figure(lab).write_text("<svg onload=alert(1)>")


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
