"""ex15: The backward pass of a one-dimensional convolution is a convolution.

Two neighbouring layers, z = w ⋆ x + b. The derivative is written as sums over connections (``by_hand``), as
convolutions (``b_convolutions``), as transposed matrices (``checks``), and left to autograd (``reference``); all agree.
"""

from collections.abc import Callable

from torch import Tensor

from bench import Exercise, Lab, hookimpl

from . import a_sums, b_flip, b_speed, c_readings

exercise = Exercise(tags=("theory", "convolution", "by hand"))


@exercise.study("a", "The derivatives between two layers, as sums over their connections")
def derivatives(lab: Lab) -> None:
    a_sums.study(lab)


@exercise.study("b", "The same derivatives, written as convolutions")
def as_convolutions(lab: Lab) -> None:
    b_flip.study(lab)


@exercise.comparison(
    "b.speed",
    "Which way to dx is the fastest?",
    reference="autograd",
    work=b_speed.work_of_dx,
    n=(64, 512, 2048),
    m=(3, 63),
)
def fastest_way_to_dx(lab: Lab, n: int, m: int) -> dict[str, Callable[[], Tensor]]:
    return b_speed.variants(lab, n, m)


@exercise.study("c", "Z has shape 2 × 1: which convolution is it, and what are its derivatives?")
def two_outputs(lab: Lab) -> None:
    c_readings.study(lab)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
