"""ex09: Vanishing gradients in deep and narrow networks.

Breast cancer, 3 to 19 hidden layers of five nodes: sigmoid (model A) and ReLU (model B), then both with batch norm. All
networks of one model and depth are trained together, with a backward pass by hand (``byhand``, ``stack``).
"""

from collections.abc import Sequence
from typing import Any

from bench import Exercise, Lab, by_profile, hookimpl, limited
from bench.kit.compare import largest

from . import checks, normed, recording, speed, vanishing
from .experiment import Choices, Trained, networks_of, trained
from .models import A_NORMED, B_NORMED, DEPTHS, EPOCHS, RATE, WIDTH, A, B, Model
from .proof import prove
from .task import SPLIT, TESTED, Task, problem

NETWORKS = 16
"""Trained together in the comparisons."""
exercise = Exercise(tags=("training", "backpropagation", "vanishing gradient", "batch norm"))

CHOICES: dict[str, Any] = {
    "depth": limited(DEPTHS, at_least=1),
    "width": limited(WIDTH, at_least=1),
    "split": limited(SPLIT, at_least=0.01, at_most=10),
    "epochs": limited(by_profile(smoke=1, quick=EPOCHS, full=EPOCHS), at_least=1),
    "optimizer": limited("adam", one_of=("adam", "sgd")),
    "learning_rate": limited(RATE, above=0),
    "initialisation": limited("pytorch", one_of=("pytorch", "xavier", "he")),
}
"""Hidden layers, nodes in each, n_test / n_train, and how all are trained; the sheet names no initial weights."""


def chosen(models: Sequence[Model], width: int, initialisation: str) -> tuple[Model, ...]:
    return tuple(model._replace(width=width, initialisation=initialisation) for model in models)


def table(lab: Lab, task: Task, model: Model, depths: Sequence[int], choices: Choices) -> list[Trained]:
    """One cell of the sheet's table for each depth."""
    return [trained(lab, task, model, depth, choices) for depth in depths]


@exercise.study("a", "Errors and costs of five depths, with sigmoid and with ReLU", **CHOICES)
def errors_and_costs(
    lab: Lab, depth: tuple[int, ...], width: int, split: float, initialisation: str, **choices: Any
) -> None:
    task, training = problem(lab, split), Choices(**choices)
    models = chosen((A, B), width, initialisation)
    lab.claim("tumours to train on", len(task.y), equals=517, as_declared=True)
    lab.claim("tumours to test on", len(task.y_test), equals=TESTED, as_declared=True)
    lab.metric("train error of the constant answer", 100 * task.majority_error(), "%")
    lab.metric("networks of each kind", networks_of(lab))
    lab.metric("epochs", training.epochs)
    prove(lab, task, models, depth)
    cells = [cell for model in models for cell in table(lab, task, model, depth, training)]
    recording.results(lab, cells, task.majority_error())


@exercise.comparison(
    "a.speed",
    "Sixteen networks trained together, or one after another",
    reference="one after another",
    depth=(3, 19),
    networks=NETWORKS,
)
def together_or_not(lab: Lab, depth: int, networks: int) -> dict[str, speed.Call]:
    return speed.variants(lab, B, depth, networks)


@exercise.study("b", "The norms of the gradient, layer by layer, after the last epoch", **CHOICES)
def gradient_norms(
    lab: Lab, depth: tuple[int, ...], width: int, split: float, initialisation: str, **choices: Any
) -> None:
    task, training = problem(lab, split), Choices(**choices)
    sigmoid, relu = (table(lab, task, model, depth, training) for model in chosen((A, B), width, initialisation))
    recording.norm_figures(lab, sigmoid + relu)
    recording.gradient_table(lab, sigmoid + relu)
    recording.relative_curve(lab, sigmoid + relu)
    quotient = largest(checks.bound_error(cell.stack, task) for cell in sigmoid + relu)
    lab.claim("‖δ‖ over its bound max φ' · ‖W‖ · ‖δ of the layer above‖, largest", quotient, at_most=1 + 1e-12)
    vanishing.slope_per_layer(lab, sigmoid)
    vanishing.at_the_start(lab, sigmoid[-1])
    vanishing.at_the_start(lab, relu[-1])
    vanishing.dead_networks(lab, task, relu)


@exercise.study("c", "The same with batch norm in every hidden layer", **CHOICES)
def with_batch_norm(
    lab: Lab, depth: tuple[int, ...], width: int, split: float, initialisation: str, **choices: Any
) -> None:
    task, training = problem(lab, split), Choices(**choices)
    models = chosen((A_NORMED, B_NORMED), width, initialisation)
    prove(lab, task, models, depth)
    sigmoid, relu = (table(lab, task, model, depth, training) for model in models)
    recording.results(lab, sigmoid + relu, task.majority_error())
    plain = [trained(lab, task, model, max(depth), training) for model in chosen((A, B), width, initialisation)]
    normed.side_by_side(lab, plain, (sigmoid[-1], relu[-1]))
    recording.norm_figures(lab, sigmoid + relu)
    recording.gradient_table(lab, sigmoid + relu)
    normed.no_more_vanishing(lab, sigmoid[-1], relu[-1])
    normed.two_modes(lab, task, sigmoid + relu)
    normed.redundant_biases(lab, task, sigmoid + relu)
    normed.wide_layers(lab, (sigmoid[-1], relu[-1]))


@exercise.comparison(
    "c.speed",
    "Sixteen networks with batch norm trained together, or one after another",
    reference="one after another",
    depth=9,
    networks=NETWORKS,
)
def together_or_not_with_batch_norm(lab: Lab, depth: int, networks: int) -> dict[str, speed.Call]:
    return speed.variants(lab, A_NORMED, depth, networks)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
