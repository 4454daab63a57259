"""Beyond the sheet: the table as a network, and what its forward pass costs in four other arrangements.

The pooling layers take the largest value, so ReLU may come after them: it then sees fewer numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from bench import Lab

from . import network
from .a_solver import layers_of, solve
from .problem import ALEXNET, INPUT


def variants(lab: Lab, batch: int) -> dict[str, Callable[[], Tensor]]:
    """Calls that give the logits (batch, classes)."""
    declared = network.narrowed(layers_of(solve(ALEXNET)), lab.pick(smoke=8, quick=4, full=1))
    made = [one.to(lab.device, lab.dtype) for one in network.modules(declared, INPUT, lab.generator())]
    last = network.in_channels_last(made)
    pixels = torch.randn(batch, *INPUT, generator=lab.generator()).to(lab.device, lab.dtype)
    pixels_last = pixels.contiguous(memory_format=torch.channels_last)
    return {
        "as declared": partial(network.compose(made), pixels),
        "ReLU in place": partial(network.compose(made, in_place=True), pixels),
        "pooling before ReLU": partial(network.compose(made, pool_first=True), pixels),
        "channels last": partial(network.compose(last), pixels_last),
        "all three": partial(network.compose(last, pool_first=True, in_place=True), pixels_last),
    }
