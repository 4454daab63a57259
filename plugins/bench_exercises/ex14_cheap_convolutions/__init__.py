"""ex14: Cheap convolutions: separable, rank 1, and what their savings are worth in time.

The forms are in ``a_form`` (14a), ``by_hand`` (14b, with every derivative), ``network`` (14c, as a layer) and
``d_plain`` (14d). A module that begins with a letter serves that question, the others serve several:
``docs/exercise-grammar.md``.
"""

from bench import Exercise, Lab, by_profile, hookimpl, limited

from . import (
    a_equality,
    a_speed,
    b_cp,
    b_derivatives,
    b_gains,
    b_orders,
    b_speed,
    c_speed,
    c_training,
    d_derivatives,
    d_speed,
)
from .problem import CHANNELS as SWEEP
from .problem import Calls

exercise = Exercise(tags=("theory", "convolution", "by hand"))
FEW = (3, 64, 256)


@exercise.study("a", "A separable convolution is a full one whose kernel is P(i,j) D(j)")
def separable_equality(lab: Lab) -> None:
    a_equality.study(lab)


@exercise.comparison(
    "a.speed", "Separable: how much of the saving appears as time?", reference="conv2d", channels=SWEEP
)
def separable_speed(lab: Lab, channels: int) -> Calls:
    return a_speed.variants(lab, channels)


@exercise.study("b.1", "W = a∘b∘c∘d: in which order is the convolution cheapest?")
def order_of_factors(lab: Lab) -> None:
    b_orders.study(lab)


@exercise.study("b.2", "The derivatives of the rank-1 convolution")
def rank1_derivatives(lab: Lab) -> None:
    b_derivatives.study(lab)


@exercise.study("b.3", "What the rank-1 convolution gains, how it starts, what it loses")
def advantages(lab: Lab) -> None:
    b_gains.study(lab)


@exercise.comparison("b.speed", "Rank 1: how much of the saving appears as time?", reference="conv2d", channels=SWEEP)
def rank1_speed(lab: Lab, channels: int) -> Calls:
    return b_speed.variants(lab, channels)


@exercise.comparison(
    "b.cp", "As many rank-1 terms as channels (CP): the saving as time", reference="conv2d", channels=SWEEP
)
def cp_speed(lab: Lab, channels: int) -> Calls:
    return b_cp.variants(lab, channels)


@exercise.study("c", "The code of 14b as a layer that trains")
def trainable_layer(lab: Lab) -> None:
    c_training.study(lab)


@exercise.comparison(
    "c.speed",
    "A training step of the rank-1 layer: derivatives by hand or by autograd?",
    reference="conv2d of the built kernel, autograd",
    channels=FEW,
)
def training_speed(lab: Lab, channels: int) -> Calls:
    return c_speed.variants(lab, channels)


@exercise.study("d", "The derivatives of an ordinary convolutional layer")
def ordinary_derivatives(lab: Lab) -> None:
    d_derivatives.study(lab)


@exercise.comparison(
    "d.speed",
    "Is a backward pass by hand as fast as autograd?",
    reference="autograd",
    work=d_speed.work,
    channels=FEW,
    numbers=limited(by_profile(smoke=2**14, quick=2**17, full=2**19), at_least=2**10),
)
def backward_speed(lab: Lab, channels: int, numbers: int) -> Calls:
    return d_speed.variants(lab, channels, numbers)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
