"""Which way to write the layer is faster. Layouts are converted in the set-up, so that only the layer is timed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bench import Lab, Work

from .by_hand import every_pixel_a_row
from .network import LAYERS, conv2d, linear_per_pixel
from .problem import Problem
from .reference import by_autograd

Variants = dict[str, Callable[[], Any]]


def maps(batch: int, channels: int, side: int) -> Work:
    return Work(batch, "maps")


def forward_work(batch: int, channels: int, side: int) -> Work:
    """One matrix product over all pixels: maps, weights and biases are read once, and maps written once."""
    pixels = batch * side**2
    numbers = 2 * pixels * channels + channels**2 + channels
    return Work(batch, "maps", flops=2 * pixels * channels**2, bytes=4 * numbers)


def forward(lab: Lab, batch: int, channels: int, side: int) -> Variants:
    problem = Problem.draw(lab, batch=batch, inputs=channels, outputs=channels, side=side)
    channels_last = problem.in_channels_last()
    return {
        **{name: partial(layer, *problem.operands) for name, layer in LAYERS.items()},
        "conv2d, channels last": partial(conv2d, *channels_last.operands),
        "linear per pixel, channels last": partial(linear_per_pixel, *channels_last.operands),
    }


def forward_and_backward(lab: Lab, batch: int, channels: int, side: int) -> Variants:
    problem = Problem.draw(lab, batch=batch, inputs=channels, outputs=channels, side=side)
    channels_last = problem.in_channels_last()
    return {
        "conv2d": partial(by_autograd, conv2d, problem),
        "linear per pixel": partial(by_autograd, linear_per_pixel, problem),
        "conv2d, channels last": partial(by_autograd, conv2d, channels_last),
        "linear per pixel, channels last": partial(by_autograd, linear_per_pixel, channels_last),
        "by hand": partial(every_pixel_a_row, problem),
        "by hand, channels last": partial(every_pixel_a_row, channels_last),
    }
