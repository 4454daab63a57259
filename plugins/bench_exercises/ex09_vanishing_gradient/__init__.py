"""ex09: Vanishing gradients in deep and narrow networks.

Breast cancer, 3 to 19 hidden layers of five nodes: sigmoid (model A) and ReLU (model B), then both with batch norm. All
networks of one model and depth are trained together, with a backward pass by hand (``byhand``, ``stack``).
"""

from collections.abc import Sequence

from bench import Exercise, Lab, hookimpl

from . import checks, normed, recording, speed, vanishing
from .experiment import Trained, effort, trained
from .models import A_NORMED, B_NORMED, DEPTHS, A, B, Model
from .proof import prove
from .task import TESTED, Task, problem

NETWORKS = 16
"""Trained together in the comparisons."""
exercise = Exercise(tags=("training", "backpropagation", "vanishing gradient", "batch norm"))


def table(lab: Lab, task: Task, model: Model, depths: Sequence[int]) -> list[Trained]:
    """One cell of the sheet's table for each depth."""
    return [trained(lab, task, model, depth) for depth in depths]


@exercise.study("a", "Errors and costs of five depths, with sigmoid and with ReLU", depths=DEPTHS)
def errors_and_costs(lab: Lab, depths: tuple[int, ...]) -> None:
    task, (networks, epochs) = problem(lab), effort(lab)
    lab.claim("tumours to train on", len(task.y), equals=517)
    lab.claim("tumours to test on", len(task.y_test), equals=TESTED)
    lab.metric("train error of the constant answer", 100 * task.majority_error(), "%")
    lab.metric("networks of each kind", networks)
    lab.metric("epochs", epochs)
    prove(lab, task, (A, B), depths)
    cells = table(lab, task, A, depths) + table(lab, task, B, depths)
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


@exercise.study("b", "The norms of the gradient, layer by layer, after the last epoch", depths=DEPTHS)
def gradient_norms(lab: Lab, depths: tuple[int, ...]) -> None:
    task = problem(lab)
    sigmoid, relu = table(lab, task, A, depths), table(lab, task, B, depths)
    recording.norm_figures(lab, sigmoid + relu)
    recording.gradient_table(lab, sigmoid + relu)
    recording.relative_curve(lab, sigmoid + relu)
    quotient = max(checks.bound_error(cell.stack, task) for cell in sigmoid + relu)
    lab.claim("‖δ‖ over its bound max φ' · ‖W‖ · ‖δ of the layer above‖, largest", quotient, at_most=1 + 1e-12)
    vanishing.slope_per_layer(lab, sigmoid)
    vanishing.at_the_start(lab, sigmoid[-1])
    vanishing.at_the_start(lab, relu[-1])
    vanishing.dead_networks(lab, task, relu)


@exercise.study("c", "The same with batch norm in every hidden layer", depths=DEPTHS)
def with_batch_norm(lab: Lab, depths: tuple[int, ...]) -> None:
    task, deepest = problem(lab), max(depths)
    prove(lab, task, (A_NORMED, B_NORMED), depths)
    sigmoid, relu = table(lab, task, A_NORMED, depths), table(lab, task, B_NORMED, depths)
    recording.results(lab, sigmoid + relu, task.majority_error())
    plain = [trained(lab, task, model, deepest) for model in (A, B)]
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
