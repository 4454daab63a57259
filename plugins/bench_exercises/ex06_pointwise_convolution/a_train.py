"""Which way to write the layer is faster, forward and backward. Layouts are converted in the set-up."""

from __future__ import annotations

from functools import partial

from bench import Lab

from .by_hand import every_pixel_a_row
from .network import conv2d, linear_per_pixel
from .problem import Problem, Variants
from .reference import by_autograd


def variants(lab: Lab, batch: int, channels: int, side: int) -> Variants:
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
