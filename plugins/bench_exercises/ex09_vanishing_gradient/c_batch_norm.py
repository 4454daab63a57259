"""9c: the same with batch norm, and what it does to the gradients."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from . import c_mistakes, c_pairs, c_readout
from .by_hand import Trained, backpropagate, norms, signals, trained
from .checks import norms_error, prove, the_solution, wide_layers
from .figures import along_layers, gradient_table, norms_of_all, results, spread
from .network import Stack, gain
from .problem import A_NORMED, B_NORMED, A, B, Choices, Task

RUN_AWAY = 1e4
"""Weights begin below 1."""
SCATTER = 1.0
"""At most, of the logarithm of how ‖δ‖ grows through 18 layers of five nodes, from network to network."""
NORMS = "L1, L2 and mean of every layer's gradient = PyTorch's of autograd's, batch norm"


def study(lab: Lab, choices: Choices) -> None:
    models = choices.of(A_NORMED), choices.of(B_NORMED)
    prove(lab, models, choices)
    the_solution(lab, models, choices)
    sigmoid, relu = ([trained(lab, model, depth, choices) for depth in choices.depth] for model in models)
    results(lab, sigmoid + relu)
    plain = [trained(lab, choices.of(model), depth, choices) for model in (A, B) for depth in choices.depth]
    c_pairs.study(lab, plain, sigmoid + relu)
    figures(lab, plain, sigmoid, relu)
    lab.claim(NORMS, largest(norms_error(cell) for cell in sigmoid + relu), at_most=1e-7)
    no_more_vanishing(lab, sigmoid[-1], relu[-1])
    c_readout.study(lab, sigmoid[-1], relu[-1])
    two_modes(lab, sigmoid + relu)
    redundant_biases(lab, sigmoid + relu)
    silent_nodes(lab, relu)
    wide_layers(lab, (A_NORMED, B_NORMED), choices)
    c_mistakes.study(lab, sigmoid[0])


def figures(lab: Lab, plain: Sequence[Trained], sigmoid: Sequence[Trained], relu: Sequence[Trained]) -> None:
    caption = "Batch norm in training mode. Each thin line is a network, thick the median of all of them."
    lab.figure("Norms with batch norm, L1 and L2", norms_of_all([*sigmoid, *relu]), caption)
    gradient_table(lab, [*sigmoid, *relu])
    deepest = [cell for cell in plain if cell.stack.depth == sigmoid[-1].stack.depth]
    panels = {
        kind: {str(cell.stack.model): norms(cell.stack, cell.task).l2 for cell in cells}
        for kind, cells in (("without batch norm", deepest), ("with batch norm", (sigmoid[-1], relu[-1])))
    }
    picture = along_layers(panels, "L2 norm of ∂cost/∂W", columns=2, same_scale=True)
    lab.figure("The deepest networks, without and with batch norm", picture, "After the last epoch.")


def no_more_vanishing(lab: Lab, sigmoid: Trained, relu: Trained) -> None:
    """At the greatest depth, in every network. By the law ReLU's gradient grows, and the sigmoid's hardly changes."""
    for cell, least in ((sigmoid, 0.05), (relu, 1.0)):
        ratio = signals(cell.stack, cell.task).ratio()
        name = f"{cell.label}: ‖δ‖ of the first over the last hidden layer, the least of all seeds"
        lab.claim(name, ratio.min(), at_least=least, as_declared=True)
        lab.metric(f"{cell.label}: ‖δ‖ of the first over the last hidden layer, median", ratio.median())
        lab.metric(f"{cell.label}: train error, median", 100 * cell.trace.train_error[-1].median(), "%")
        lab.metric(f"{cell.label}: train error, largest", 100 * cell.trace.train_error[-1].max(), "%")
        grown = growth(cell.start, cell.task)
        lab.metric(f"{cell.stack.model}: growth of ‖δ‖ per layer at the start, median", grown.median())
        lab.metric(f"{cell.stack.model}: growth of ‖δ‖ per layer, law of wide layers", gain(cell.stack.model) ** 0.5)
    if lab.as_declared:
        learns(lab, sigmoid, relu)


def growth(stack: Stack, task: Task) -> Tensor:
    """(K,): the factor from a layer to the layer below it."""
    return signals(stack, task).ratio() ** (1 / max(1, stack.depth - 1))


def learns(lab: Lab, sigmoid: Trained, relu: Trained) -> None:
    """Measured effects. One epoch is too few for the first."""
    if lab.profile != "smoke":
        error = 100 * sigmoid.trace.train_error[-1].median()
        name = "19 layers of sigmoid with batch norm learn: median train error in %"
        lab.claim(name, error, at_most=5, as_declared=True)
    # Eighteen layers of the wide law make 31; what five nodes lack to wide layers does not shrink with more networks.
    law = gain(B_NORMED) ** ((relu.stack.depth - 1) / 2)
    scatter = SCATTER / math.sqrt(min(10, len(relu.stack)))
    ratio = signals(relu.stack, relu.task).ratio().median()
    name = "19 layers of ReLU with batch norm: ‖δ‖ grows towards the input, median ratio"
    lab.claim(name, ratio, at_least=law * math.exp(-4 * scatter), as_declared=True)


def redundant_biases(lab: Lab, cells: Sequence[Trained]) -> None:
    training = largest(redundant_bias(cell.stack, cell.task) for cell in cells)
    evaluating = largest(redundant_bias(cell.stack, cell.task, evaluating=True) for cell in cells)
    # The gradient of a weight in front of batch norm falls as the weight grows: beside weights that have run away
    # nothing is left of it that rounding could be relative to.
    away = largest(cell.stack.theta.abs().max() for cell in cells) > RUN_AWAY
    name = "bias gradients in front of batch norm, relative to the weights'"
    lab.claim(name, training, at_most=1e-10, as_declared=away)
    name = "bias gradients in front of batch norm in evaluation mode, relative to the weights'"
    lab.claim(name, evaluating, at_least=0.1, as_declared=True)


def redundant_bias(stack: Stack, task: Task, evaluating: bool = False) -> float:
    """The largest bias gradient in front of a batch norm, relative to the same network's largest weight gradient."""
    backpropagate(stack, task.x, task.y, evaluating)
    bias, weight = (
        torch.stack([tensor.flatten(1).abs().amax(1) for tensor in tensors]).amax(0)
        for tensors in ([g.bias for g in stack.gradients[:-1]], [g.weight for g in stack.gradients])
    )
    return float(torch.where(weight == 0, bias, bias / weight).max())


def silent_nodes(lab: Lab, cells: Sequence[Trained]) -> None:
    """Nodes that give 0 for every tumour. With β = 0 there can be none, as x̂ has mean 0; later there can."""
    at_start = sum(int(silent(cell.start, cell.task).sum()) for cell in cells)
    lab.claim("ReLU with batch norm, β = 0: nodes that are silent for every tumour", at_start, equals=0)
    after = [silent(cell.stack, cell.task) for cell in cells]
    share = torch.cat([each.double().flatten() for each in after]).mean()
    lab.metric("ReLU with batch norm, trained: nodes that are silent for every tumour", 100 * share, "%")
    lowest = min(float(layer.shift.min()) for c in cells for layer in c.stack.layers if layer.shift is not None)
    lab.metric("ReLU with batch norm, trained: the lowest β", lowest)


def silent(stack: Stack, task: Task) -> Tensor:
    """(L, K, nodes) bool, in training mode."""
    _, saved = stack.forward(task.x)
    return torch.stack([(layer.above == 0).all(1) for layer in saved[:-1]])


def two_modes(lab: Lab, cells: Sequence[Trained]) -> None:
    """The same weights, the same data: batch norm with the set's own statistics, or with its running averages."""
    rows = []
    for cell in cells:
        by_batch, by_average = (norms(cell.stack, cell.task, evaluating=mode) for mode in (False, True))
        quotient = by_average.l2[0] / by_batch.l2[0]
        rows.append(
            {
                "model": str(cell.stack.model),
                "hidden layers": cell.stack.depth,
                "first, training mode": spread(by_batch.l2[0]),
                "first, evaluation mode": spread(by_average.l2[0]),
                "evaluation / training": spread(quotient),
                "first / last, training mode": spread(by_batch.ratio()),
                "first / last, evaluation mode": spread(by_average.ratio()),
            }
        )
        if cell.stack.depth == cells[-1].stack.depth:
            lab.metric(f"{cell.label}: first gradient, evaluation over training mode, largest", quotient.max())
            lab.metric(f"{cell.label}: first gradient, evaluation over training mode, smallest", quotient.min())
    lab.table("The gradient of the first weight matrix in the two modes of batch norm (L2)", rows)
