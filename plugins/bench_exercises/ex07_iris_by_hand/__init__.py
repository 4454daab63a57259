"""ex07: IRIS, with the backward pass written by hand.

A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.

A backward pass of your own joins ``ex07.b.speed`` by the hook ``bench_variants``: ``answer.md`` shows how.
"""

from typing import Any

from bench import Exercise, Lab, Work, by_profile, hookimpl, limited

from . import a_from_uniform, a_speed, b_gradients, b_speed, c_depth, c_initialisation
from .by_hand import train
from .network import Network
from .problem import LEARNING_RATE, Choices, Task, Variants, outcome, pose
from .problem import pose as problem  # the name that files of variants know it by, in place of the module's

__all__ = ["Network", "Task", "bench_exercise", "exercise", "outcome", "pose", "problem", "train"]

exercise = Exercise(tags=("training", "backpropagation", "iris"))

CHOICES: dict[str, Any] = {
    "width": limited(5, at_least=1),
    "depth": limited(3, at_least=1),
    "split": limited(0.2, at_least=0.01, at_most=10),
    "optimizer": limited("adam", one_of=("adam", "sgd")),
    "learning_rate": limited(LEARNING_RATE, above=0),
}
"""What the sheet fixes of every network and training: nodes of a hidden layer, how many, n_test / n_train, …"""


@exercise.study(
    "a",
    "Trained from U(0, 1): loss and accuracy over seeds, and the trap of a second softmax",
    epochs=limited(by_profile(smoke=60, quick=2000, full=2000), at_least=1),
    initialisation=limited("uniform", one_of=("uniform", "xavier", "he")),
    **CHOICES,
)
def from_uniform(lab: Lab, epochs: int, **choices: Any) -> None:
    a_from_uniform.study(lab, epochs, Choices(**choices))


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
    epochs=limited(by_profile(smoke=50, quick=2000, full=2000), at_least=1),
    initialisation=limited("uniform", one_of=("uniform", "xavier", "he")),
    **CHOICES,
)
def backpropagation(lab: Lab, epochs: int, **choices: Any) -> None:
    b_gradients.study(lab, epochs, Choices(**choices))


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
    epochs=limited(by_profile(smoke=60, quick=2000, full=2000), at_least=1),
    **CHOICES,
)
def xavier_or_he(lab: Lab, epochs: int, **choices: Any) -> None:
    c_initialisation.study(lab, epochs, Choices(**choices))


@exercise.study("c.depth", "Which activation suits which initialisation: signals and gradients through 30 layers")
def thirty_layers(lab: Lab) -> None:
    c_depth.study(lab)


@exercise.study(
    "d",
    "Stopped in the middle and continued by a new process: the same to the last bit",
    epochs=limited(by_profile(smoke=40, quick=2000, full=2000), at_least=2),
    batch=limited(125, at_least=1),
    **CHOICES,
)
def stop_and_go_on(lab: Lab, epochs: int, batch: int, **choices: Any) -> None:
    from . import d_resume  # late: Python warns of a program that its own package has imported already

    d_resume.study(lab, epochs, batch, Choices(**choices))


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
