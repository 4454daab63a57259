"""ex09: Vanishing gradients in deep and narrow networks.

Breast cancer, 3 to 19 hidden layers of five nodes: sigmoid (model A) and ReLU (model B), then both with batch norm.
A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.
"""

from typing import Any

from bench import Exercise, Lab, by_profile, hookimpl, limited

from . import a_results, a_speed, b_norms, c_batch_norm, c_speed
from .problem import DEPTHS, EPOCHS, LEARNING_RATE, SPLIT, WIDTH, Call, Choices

__all__ = ["bench_exercise", "exercise"]

exercise = Exercise(tags=("training", "backpropagation", "vanishing gradient", "batch norm"))

NETWORKS = 16
"""Trained together in the comparisons."""
CHOICES: dict[str, Any] = {
    "depth": limited(DEPTHS, at_least=1),
    "width": limited(WIDTH, at_least=1),
    "split": limited(SPLIT, at_least=0.01, at_most=10),
    "epochs": limited(by_profile(smoke=1, quick=EPOCHS, full=EPOCHS), at_least=1),
    "optimizer": limited("adam", one_of=("adam", "sgd")),
    "learning_rate": limited(LEARNING_RATE, above=0),
    "initialisation": limited("pytorch", one_of=("pytorch", "xavier", "he")),
}
"""Hidden layers, nodes in each, n_test / n_train, and how all are trained; the sheet names no initial weights."""


@exercise.study("a", "Errors and costs of five depths, with sigmoid and with ReLU", **CHOICES)
def errors_and_costs(lab: Lab, **choices: Any) -> None:
    a_results.study(lab, Choices(**choices))


@exercise.comparison(
    "a.speed",
    "Sixteen networks trained together, or one after another",
    reference="one after another",
    depth=(3, 19),
    networks=NETWORKS,
)
def together_or_not(lab: Lab, depth: int, networks: int) -> dict[str, Call]:
    return a_speed.variants(lab, depth, networks)


@exercise.study("b", "The norms of the gradient, layer by layer, after the last epoch", **CHOICES)
def gradient_norms(lab: Lab, **choices: Any) -> None:
    b_norms.study(lab, Choices(**choices))


@exercise.study("c", "The same with batch norm in every hidden layer", **CHOICES)
def with_batch_norm(lab: Lab, **choices: Any) -> None:
    c_batch_norm.study(lab, Choices(**choices))


@exercise.comparison(
    "c.speed",
    "Sixteen networks with batch norm trained together, or one after another",
    reference="one after another",
    depth=9,
    networks=NETWORKS,
)
def together_or_not_with_batch_norm(lab: Lab, depth: int, networks: int) -> dict[str, Call]:
    return c_speed.variants(lab, depth, networks)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
