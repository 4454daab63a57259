"""ex95: One variant is right, and each of the others is wrong in its own way."""

import os
import signal

import torch

from bench import Exercise, Lab, hookimpl

exercise = Exercise(tags=("trial",))


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


@exercise.comparison("a", "Right and wrong", reference="reference")
def faulty(lab: Lab):
    x = torch.randn(6, 5, generator=lab.generator()).to(lab.device, lab.dtype)
    stored = x.sum(0)
    return {
        "reference": lambda: x.sum(0),
        "right": lambda: torch.einsum("ij->j", x),
        "wrong": lambda: x.sum(0) * (1 + 1e-4),
        "another shape": lambda: x.sum(1),
        "not a number": lambda: x.sum(0) / 0,
        "raises": lambda: x.reshape(7, 7),
        "dies": die,
        "stored": lambda: stored,
    }


@exercise.comparison("b", "A reference that fails", reference="reference")
def hopeless(lab: Lab):
    x = torch.randn(3, generator=lab.generator()).to(lab.device, lab.dtype)
    return {"reference": lambda: x.reshape(7), "right": lambda: x * 1}


@exercise.comparison("c", "A reference that is not there", reference="nowhere")
def absent(lab: Lab):
    return {"here": lambda: torch.ones(1, dtype=lab.dtype)}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
