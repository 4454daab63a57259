"""Wide layers, in which ‖δ‖ changes by a factor that theory knows: claims of it, for 9b and 9c."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10

import torch
from torch import Tensor

from bench import Lab

from .by_hand import signals
from .network import Stack, gain
from .problem import Choices, Model, pose, seeds

WIDE, WIDE_DEPTH = 256, 12
ALLOWED = 0.03
"""Powers of ten. ‖δ‖ of a layer of n nodes scatters by √(5/n)/2 of itself, 0.03 powers of ten, and less on average."""
ALLOWED_NORMED = 0.005
"""The same with batch norm, where four networks scatter by 0.0035 about another four for the sigmoid, less for ReLU."""


def unequal(stack: Stack, x: Tensor) -> float:
    """Powers of ten a layer, E[1/σ²] E[σ²] over the nodes of a layer: a law that has one σ leaves them out."""
    _, saved = stack.forward(x)
    variances = [layer.normed.used.variance for layer in saved[3:-2] if layer.normed is not None]
    return float(torch.stack([(v.reciprocal().mean(2) * v.mean(2)).log10() / 2 for v in variances]).mean())


def wide_layers(lab: Lab, models: Sequence[Model], choices: Choices) -> None:
    """Claims that ‖δ‖ of layers of 256 nodes changes by the factor that ``gain`` gives, for independent inputs."""
    rows = []
    for model in models:
        wide = model._replace(width=WIDE, initialisation=choices.initialisation)
        chosen = seeds(lab, 4)
        task = pose(lab, chosen)
        x = torch.randn(task.x.shape, generator=lab.generator()).to(task.x)
        stack = Stack(wide, WIDE_DEPTH, chosen, like=x)
        found = signals(stack, task._replace(x=x)).backward
        # The layers next to the input and to the output have not yet, or no longer, the law's many nodes around them.
        per_layer = (found[2] / found[-2]).log10() / (WIDE_DEPTH - 4)
        law = log10(gain(wide, WIDE)) / 2
        rows.append({"model": str(model), "measured": per_layer.mean(), "law": law})
        lab.metric(f"{model}: powers of ten per layer down, 256 nodes", per_layer.mean())
        lab.metric(f"{model}: powers of ten per layer down, law", law)
        name = f"{model}: ‖δ‖ per layer of 256 nodes, powers of ten off the law"
        added = unequal(stack, x) if model.normed else 0.0
        allowed = added + ALLOWED_NORMED if model.normed else ALLOWED
        lab.claim(name, abs(float(per_layer.mean()) - law), at_most=allowed)
        if model.normed:
            lab.metric(f"{model}: powers of ten per layer down, what the nodes' variances may add", added)
            name = f"{model}: ‖δ‖ of 256 nodes does not fall downwards, powers of ten a layer"
            lab.claim(name, per_layer.mean(), at_least=law - ALLOWED_NORMED, as_declared=True)
    lab.table("How ‖δ‖ changes from a wide layer to the layer below, in powers of ten", rows)
