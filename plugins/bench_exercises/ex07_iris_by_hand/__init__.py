"""ex07: IRIS, with the backward pass written by hand.

A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.

A backward pass of your own joins ``ex07.b.speed`` by the hook ``bench_variants``: ``answer.md`` shows how.
"""

from bench import Exercise, Lab, Work, by_profile, hookimpl

from . import a_from_uniform, a_speed, b_gradients, b_speed, c_depth, c_initialisation, d_resume
from .by_hand import train
from .network import Network
from .problem import Task, Variants, outcome, pose
from .problem import pose as problem  # the name that files of variants know it by, in place of the module's

__all__ = ["Network", "Task", "bench_exercise", "exercise", "outcome", "pose", "problem", "train"]

exercise = Exercise(tags=("training", "backpropagation", "iris"))


@exercise.study(
    "a",
    "Trained from U(0, 1): loss and accuracy over seeds, and the trap of a second softmax",
    epochs=by_profile(smoke=60, quick=2000, full=2000),
)
def from_uniform(lab: Lab, epochs: int) -> None:
    a_from_uniform.study(lab, epochs)


@exercise.comparison(
    "a.speed",
    "Many trainings: one after another, or together?",
    reference="idiomatic loop",
    work=lambda networks: Work(networks * a_speed.EPOCHS, "steps"),
    networks=10,
)
def many_trainings(lab: Lab, networks: int) -> Variants:
    return a_speed.variants(lab, networks)


@exercise.study(
    "b",
    "A backward pass by hand gives the gradients of autograd, at the start and all along a training",
    epochs=by_profile(smoke=50, quick=2000, full=2000),
)
def backpropagation(lab: Lab, epochs: int) -> None:
    b_gradients.study(lab, epochs)


@exercise.comparison(
    "b.speed",
    "What does autograd cost at this size, and what is gained by hand?",
    reference="autograd",
    work=lambda steps: Work(steps, "steps"),
    steps=50,
)
def many_steps(lab: Lab, steps: int) -> Variants:
    return b_speed.variants(lab, steps)


@exercise.study(
    "c",
    "Xavier and He on the sigmoid network: paired seeds and a sign test",
    epochs=by_profile(smoke=60, quick=2000, full=2000),
)
def xavier_or_he(lab: Lab, epochs: int) -> None:
    c_initialisation.study(lab, epochs)


@exercise.study("c.depth", "Which activation suits which initialisation: signals and gradients through 30 layers")
def thirty_layers(lab: Lab) -> None:
    c_depth.study(lab)


@exercise.study(
    "d",
    "Stopped in the middle and continued by a new process: the same to the last bit",
    epochs=by_profile(smoke=40, quick=2000, full=2000),
    batch=125,
)
def stop_and_go_on(lab: Lab, epochs: int, batch: int) -> None:
    d_resume.study(lab, epochs, batch)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
