"""Which way to write the layer is faster, forward. Layouts are converted in the set-up: only the layer is timed."""

from __future__ import annotations

from functools import partial

from bench import Lab, Work

from .network import LAYERS, conv2d, linear_per_pixel
from .problem import Problem, Variants


def work(batch: int, channels: int, side: int) -> Work:
    """One matrix product over all pixels: maps, weights and biases are read once, and maps written once."""
    pixels = batch * side**2
    numbers = 2 * pixels * channels + channels**2 + channels
    return Work(batch, "maps", flops=2 * pixels * channels**2, bytes=4 * numbers)


def variants(lab: Lab, batch: int, channels: int, side: int) -> Variants:
    problem = Problem.draw(lab, batch=batch, inputs=channels, outputs=channels, side=side)
    channels_last = problem.in_channels_last()
    return {
        **{name: partial(layer, *problem.operands) for name, layer in LAYERS.items()},
        "conv2d, channels last": partial(conv2d, *channels_last.operands),
        "linear per pixel, channels last": partial(linear_per_pixel, *channels_last.operands),
    }
