"""How good a network is on a whole set."""

from __future__ import annotations

import torch
from torch import nn

from bench.kit.training.examples import Examples
from bench.kit.training.numerics import forward
from bench.kit.training.recipe import Recipe

BATCH = 125
"""Few enough for activations that the memory allocator keeps: fresh pages for every layer cost as much as the layer."""


@torch.inference_mode()
def score(net: nn.Module, examples: Examples, recipe: Recipe, batch: int = BATCH) -> tuple[float, float]:
    """Mean loss, without penalty, and accuracy, in evaluation mode; the mode of ``net`` is left as it was.

    Sums are taken in float64 on the device, which is waited for once.
    """
    was_training = net.training
    net.eval()
    total = torch.zeros(2, device=examples.device, dtype=torch.float64)
    for x, y in examples.batches(batch):
        outputs = forward(net, x, recipe.numerics)
        # Times its length: the last batch is smaller, and a mean of means would count its examples more.
        total[0] += recipe.loss(outputs, y) * len(y)
        total[1] += recipe.right(outputs, y).sum()
    net.train(was_training)
    loss, right = (total / len(examples)).tolist()
    return loss, right
