"""Part c's findings: what batch norm does to the gradients, and what it does that one does not expect."""

from collections.abc import Sequence

from bench import Lab
from bench.kit.compare import largest

from . import checks, mean_field
from .drawing import along_layers
from .experiment import Trained
from .gradients import fall, finite, norms, ratios
from .recording import spread
from .task import Task
from .vanishing import middle

RUN_AWAY = 1e4
"""Weights begin below 1."""


def no_more_vanishing(lab: Lab, sigmoid: Trained, relu: Trained) -> None:
    """At the greatest depth, in every network."""
    for cell in (sigmoid, relu):
        name = cell.label
        least = cell.after.ratio().min()
        lab.claim(f"{name}: first over last gradient, the least of all seeds", least, at_least=1e-2, as_declared=True)
        lab.metric(f"{name}: first over last gradient, median", ratios(cell.after).median())
        lab.metric(f"{name}: train error, median", 100 * cell.trace.train_error[-1].median(), "%")
        lab.metric(f"{name}: train error, largest", 100 * cell.trace.train_error[-1].max(), "%")
    if sigmoid.stack.depth == 19:
        learns(lab, sigmoid, relu)


def learns(lab: Lab, sigmoid: Trained, relu: Trained) -> None:
    """Measured effects. Two epochs are too few for the first."""
    if lab.profile != "smoke":
        error = 100 * sigmoid.trace.train_error[-1].median()
        name = "19 layers of sigmoid with batch norm learn: median train error in %"
        lab.claim(name, error, at_most=10, as_declared=True)
    growth = relu.after.ratio().median()
    name = "19 layers of ReLU with batch norm: gradients grow towards the input, median ratio"
    lab.claim(name, growth, at_least=3, as_declared=True)


def redundant_biases(lab: Lab, task: Task, cells: Sequence[Trained]) -> None:
    training = largest(checks.redundant_bias(cell.stack, task) for cell in cells)
    evaluating = largest(checks.redundant_bias(cell.stack, task, evaluating=True) for cell in cells)
    # The gradient of a weight in front of batch norm falls as the weight grows: beside weights that have run away
    # nothing is left of it that rounding could be relative to.
    away = largest(cell.stack.theta.abs().max() for cell in cells) > RUN_AWAY
    name = "bias gradients in front of batch norm, relative to the weights'"
    lab.claim(name, training, at_most=1e-10, as_declared=away)
    lab.metric("bias gradients in front of batch norm in evaluation mode, relative to the weights'", evaluating)


def two_modes(lab: Lab, task: Task, cells: Sequence[Trained]) -> None:
    """The same weights, the same data: batch norm with the set's own statistics, or with its running averages."""
    rows = []
    for cell in cells:
        evaluated = norms(cell.stack, task, evaluating=True)
        quotient = evaluated.l2[0] / cell.after.l2[0]
        rows.append(
            {
                "model": str(cell.stack.model),
                "hidden layers": cell.stack.depth,
                "first, training mode": spread(cell.after.l2[0]),
                "first, evaluation mode": spread(evaluated.l2[0]),
                "evaluation / training": spread(quotient),
                "first / last, training mode": spread(ratios(cell.after)),
                "first / last, evaluation mode": spread(ratios(evaluated)),
            }
        )
        if cell.stack.depth == cells[-1].stack.depth:
            lab.metric(f"{cell.label}: first gradient, evaluation over training mode, largest", finite(quotient).max())
            lab.metric(f"{cell.label}: first gradient, evaluation over training mode, smallest", finite(quotient).min())
    lab.table("The gradient of the first weight matrix in the two modes of batch norm (L2)", rows)


def wide_layers(lab: Lab, deepest: Sequence[Trained]) -> None:
    """Growth per layer before the training, beside the law E φ'² / Var φ."""
    for cell in deepest:
        name = cell.stack.model.activation
        factor = mean_field.with_batch_norm(name)
        lab.claim(f"{name}: E φ'(z)² / Var φ(z), which Poincaré's inequality keeps above 1", factor, at_least=1)
        lab.metric(f"{name} + BN: growth per layer of a wide network", factor**0.5)
        lab.metric(f"{name} + BN: growth per layer at the start, median", 10 ** -middle(fall(cell.before)))


def side_by_side(lab: Lab, plain: Sequence[Trained], normed: Sequence[Trained]) -> None:
    """One depth, on one scale."""
    panels = {
        kind: {str(cell.stack.model): cell.after.l2 for cell in cells}
        for kind, cells in (("without batch norm", plain), ("with batch norm", normed))
    }
    picture = along_layers(panels, "L2 norm of ∂cost/∂W", same_scale=True)
    depth = plain[0].stack.depth
    lab.figure(f"{depth} hidden layers, without and with batch norm", picture, "After the last epoch.")
