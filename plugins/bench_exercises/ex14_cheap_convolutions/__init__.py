"""ex14: Cheap convolutions: separable, rank 1, and what their savings are worth in time.

The forms are in ``separable`` (14a), ``rank1`` (14b, with every derivative), ``module`` (14c, as a layer) and ``plain``
(14d); ``checks`` holds them against autograd and differences, ``speed`` against the clock.
"""

from bench import Exercise, Lab, by_profile, hookimpl, limited

from . import speed
from .part_a import separable_form
from .part_b import cheapest_order, derivatives
from .part_b_gains import gains_and_losses
from .part_c import layer_trains
from .part_d import plain_derivatives

exercise = Exercise(tags=("theory", "convolution", "by hand"))
SWEEP = (3, 16, 64, 256)
FEW = (3, 64, 256)


@exercise.study("a", "A separable convolution is a full one whose kernel is P(i,j) D(j)")
def separable_equality(lab: Lab) -> None:
    separable_form(lab)


@exercise.comparison(
    "a.speed", "Separable: how much of the saving appears as time?", reference="conv2d", channels=SWEEP
)
def separable_speed(lab: Lab, channels: int) -> speed.Calls:
    return speed.separable_ways(lab, channels)


@exercise.study("b.1", "W = a∘b∘c∘d: in which order is the convolution cheapest?")
def order_of_factors(lab: Lab) -> None:
    cheapest_order(lab)


@exercise.study("b.2", "The derivatives of the rank-1 convolution")
def rank1_derivatives(lab: Lab) -> None:
    derivatives(lab)


@exercise.study("b.3", "What the rank-1 convolution gains, how it starts, what it loses")
def advantages(lab: Lab) -> None:
    gains_and_losses(lab)


@exercise.comparison("b.speed", "Rank 1: how much of the saving appears as time?", reference="conv2d", channels=SWEEP)
def rank1_speed(lab: Lab, channels: int) -> speed.Calls:
    return speed.rank1_ways(lab, channels)


@exercise.comparison(
    "b.cp", "As many rank-1 terms as channels (CP): the saving as time", reference="conv2d", channels=SWEEP
)
def cp_speed(lab: Lab, channels: int) -> speed.Calls:
    return speed.cp_ways(lab, channels)


@exercise.study("c", "The code of 14b as a layer that trains")
def trainable_layer(lab: Lab) -> None:
    layer_trains(lab)


@exercise.comparison(
    "c.speed",
    "A training step of the rank-1 layer: derivatives by hand or by autograd?",
    reference="conv2d of the built kernel, autograd",
    channels=FEW,
)
def training_speed(lab: Lab, channels: int) -> speed.Calls:
    return speed.rank1_training_ways(lab, channels)


@exercise.study("d", "The derivatives of an ordinary convolutional layer")
def ordinary_derivatives(lab: Lab) -> None:
    plain_derivatives(lab)


@exercise.comparison(
    "d.speed",
    "Is a backward pass by hand as fast as autograd?",
    reference="autograd",
    work=speed.backward_work,
    channels=FEW,
    numbers=limited(by_profile(smoke=2**14, quick=2**17, full=2**19), at_least=2**10),
)
def backward_speed(lab: Lab, channels: int, numbers: int) -> speed.Calls:
    return speed.backward_ways(lab, channels, numbers)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
