"""ex06: a 1×1 convolution is one linear layer applied to every pixel."""

from __future__ import annotations

from bench import Exercise, Lab, Work, hookimpl

from . import a_equivalence, a_mixing, a_settings, a_speed, a_stack, a_train, a_xor
from .problem import Variants

exercise = Exercise(tags=("theory", "convolution", "by hand"))


@exercise.study("a", "Both layers compute the same outputs and the same gradients", inputs=5, outputs=7, side=6)
def equivalence(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    a_equivalence.study(lab, inputs, outputs, side)


@exercise.study("a.settings", "Why the question says k = 1, p = 0, s = 1", inputs=5, outputs=7, side=6)
def settings(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    a_settings.study(lab, inputs, outputs, side)


@exercise.study("a.mixing", "No pixel sees another: the Jacobian, and the pixels permuted", inputs=2, outputs=3, side=3)
def no_mixing(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    a_mixing.study(lab, inputs, outputs, side)


@exercise.study("a.stack", "With activations and more layers: an MLP per pixel", widths=(3, 16, 16, 4), side=8)
def stacked(lab: Lab, widths: tuple[int, ...], side: int) -> None:
    a_stack.study(lab, widths, side)


@exercise.study("a.xor", "What the activation adds: exclusive or at every pixel", side=48)
def exclusive_or(lab: Lab, side: int) -> None:
    a_xor.study(lab, side)


@exercise.comparison(
    "a.speed",
    "Which is faster, at which batch and how many channels? Forward",
    reference="conv2d",
    work=a_speed.work,
    batch=(1, 8, 64),
    channels=(16, 128),
    side=7,
)
def forward(lab: Lab, batch: int, channels: int, side: int) -> Variants:
    return a_speed.variants(lab, batch, channels, side)


@exercise.comparison(
    "a.train",
    "Which is faster, forward and backward?",
    reference="conv2d",
    work=lambda batch, channels, side: Work(batch, "maps"),
    batch=(1, 64),
    channels=(16, 128),
    side=7,
)
def forward_and_backward(lab: Lab, batch: int, channels: int, side: int) -> Variants:
    return a_train.variants(lab, batch, channels, side)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
