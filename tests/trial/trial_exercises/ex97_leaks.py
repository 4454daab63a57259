"""ex97: Changes what is not its own, and forgets its seed."""

import random

import torch

from bench import Exercise, Lab, hookimpl

torch.set_default_dtype(torch.float64)
exercise = Exercise(tags=("trial",))


@exercise.study("a", "Leaves the grad mode changed")
def grad_mode(lab: Lab) -> None:
    torch.set_grad_enabled(False)


@exercise.study("b", "Draws from the system")
def unseeded(lab: Lab) -> None:
    lab.metric("drawn", random.SystemRandom().random())


@exercise.comparison("c", "Poses another problem each time", reference="one")
def moving(lab: Lab):
    x = torch.tensor([random.SystemRandom().random()], dtype=lab.dtype)
    return {"one": lambda: x * 1, "two": lambda: x * 2}


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
