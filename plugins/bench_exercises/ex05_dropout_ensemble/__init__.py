"""ex05: Dropout trains an ensemble, and weight scaling is its geometric mean.

Every mask is enumerated, so that "ensemble" means all sub-networks and not a sample of them.
"""

from bench import Exercise, Lab, Work, hookimpl, limited

from . import a_better, a_means, a_nonlinear, a_ridge, a_sampled, a_speed, a_steps, a_trained
from .problem import MOST_UNITS

exercise = Exercise(tags=("theory", "regularisation", "by hand"))


@exercise.study(
    "a",
    "The geometric mean of all sub-networks is one network with scaled weights",
    keep=limited((0.5, 0.8), above=0, below=1),
)
def geometric_mean(lab: Lab, keep: tuple[float, ...]) -> None:
    a_means.study(lab, keep)


@exercise.study(
    "a.better",
    "The ensemble is better than its members, by an amount known exactly",
    units=limited(10, at_least=1, at_most=MOST_UNITS),
)
def better_than_its_members(lab: Lab, units: int) -> None:
    a_better.study(lab, units)


@exercise.study(
    "a.steps",
    "A step with a mask trains one member, and the members share their weights",
    units=limited(6, at_least=1, at_most=12),
)
def one_step_one_member(lab: Lab, units: int) -> None:
    a_steps.study(lab, units)


@exercise.study(
    "a.nonlinear",
    "Masks before a nonlinearity: an approximation, better for smaller weights",
    units=limited(8, at_least=2, at_most=MOST_UNITS),
)
def before_a_nonlinearity(lab: Lab, units: int) -> None:
    a_nonlinear.study(lab, units)


@exercise.study(
    "a.sampled",
    "k sampled masks near the ensemble as 1/√k",
    units=limited(8, at_least=1, at_most=MOST_UNITS),
    keep=limited(0.5, above=0, below=1),
)
def sampled(lab: Lab, units: int, keep: float) -> None:
    a_sampled.study(lab, units, keep)


@exercise.study(
    "a.ridge",
    "In linear regression dropout is an adaptive ridge penalty",
    units=limited(6, at_least=1, at_most=MOST_UNITS),
    keep=limited((0.3, 0.5, 0.8), above=0, below=1),
)
def as_ridge(lab: Lab, units: int, keep: tuple[float, ...]) -> None:
    a_ridge.study(lab, units, keep)


@exercise.study(
    "a.trained",
    "A network trained on digits: its ensemble against its weight-scaled self",
    units=limited(8, at_least=1, at_most=12),
)
def trained_network(lab: Lab, units: int) -> None:
    a_trained.study(lab, units)


@exercise.comparison(
    "a.speed",
    "The mean of all sub-networks' probabilities: which way is the fastest?",
    reference="one mask after another",
    work=lambda units: Work(2**units, "sub-networks"),
    units=(6, 10),
)
def speed_of_the_ensemble(lab: Lab, units: int) -> a_speed.Variants:
    return a_speed.variants(lab, units)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
