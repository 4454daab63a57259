"""ex06: a 1×1 convolution is one linear layer applied to every pixel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Exercise, Lab, Work, hookimpl
from bench.kit.compare import largest, max_error

from . import gradients, mixing, stack
from .layers import LAYERS, conv2d, linear_per_pixel, pixel_by_pixel, rows, unrows
from .problem import Problem

exercise = Exercise(tags=("theory", "convolution", "by hand"))

EXACT = 1e-12

Call = Callable[[], Any]


def distance(found: Tensor, expected: Tensor) -> float:
    return float((found - expected).detach().abs().max())


# The problem is `problem.py`, the layer in all its forms `layers.py`; by hand and by autograd are in `gradients.py`.


@exercise.study("a", "Both layers compute the same outputs and the same gradients", inputs=5, outputs=7, side=6)
def equivalence(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    problem = Problem.draw(lab, batch=4, inputs=inputs, outputs=outputs, side=side)
    conv, linear = problem.modules()
    convolution = gradients.of_module(conv, conv, problem)
    perceptron = gradients.of_module(linear, partial(pixel_by_pixel, linear), problem)
    for name, value in convolution.items():
        lab.claim(f"{name}: convolution = linear layer per pixel", distance(perceptron[name], value), at_most=EXACT)
    hands = {
        "every pixel a row": gradients.by_hand(problem),
        "as a convolution": gradients.by_hand_as_convolution(problem),
        "as a linear layer": gradients.by_hand_as_linear(problem),
    }
    for name, hand in hands.items():
        lab.claim(f"by hand, {name} = autograd", max_error(hand, convolution), at_most=EXACT)
    worst = largest(max_error(gradients.by_autograd(layer, problem), convolution) for layer in LAYERS.values())
    lab.claim("every way to write the layer gives the same", worst, at_most=EXACT)
    count, twin = (sum(p.numel() for p in module.parameters()) for module in (conv, linear))
    lab.claim("the convolution has MN + N parameters", count, equals=inputs * outputs + outputs)
    lab.claim("the linear layer has as many", twin, equals=count)
    lab.table("The same layer, three times", side_by_side(convolution, perceptron, hands["every pixel a row"]))


def side_by_side(*ways: dict[str, Tensor]) -> list[dict[str, Any]]:
    """One row per quantity: its shape, its norm in each way, and the largest difference between any entry and ours."""
    names = ("Conv2d(M, N, 1)", "linear per pixel", "by hand")
    return [
        {
            "quantity": name,
            "shape": "×".join(map(str, value.shape)),
            **{f"norm, {way}": float(found[name].norm()) for way, found in zip(names, ways, strict=True)},
            "largest difference": largest(distance(found[name], value) for found in ways),
        }
        for name, value in ways[0].items()
    ]


@exercise.study("a.settings", "Why the question says k = 1, p = 0, s = 1", inputs=5, outputs=7, side=6)
def settings(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    problem = Problem.draw(lab, batch=2, inputs=inputs, outputs=outputs, side=side)
    maps, weight, bias = problem.operands
    plain, kernel = conv2d(maps, weight, bias), weight[:, :, None, None]
    padded = F.conv2d(maps, kernel, bias, padding=1)
    border = torch.cat([padded[:, :, 0], padded[:, :, -1], padded[..., 0], padded[..., -1]], dim=-1)
    lab.claim("p = 1 adds this many pixels to the width", padded.shape[-1] - side, equals=2)
    lab.claim(
        "p = 1 puts nothing but the bias on the border", distance(border, bias[:, None].expand_as(border)), equals=0
    )
    sparse = F.conv2d(maps, kernel, bias, stride=2)
    lab.claim("s = 2 is the same layer on every second pixel", distance(sparse, plain[..., ::2, ::2]), at_most=EXACT)


@exercise.study("a.mixing", "No pixel sees another: the Jacobian, and the pixels permuted", inputs=2, outputs=3, side=3)
def no_mixing(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    problem = Problem.draw(lab, batch=1, inputs=inputs, outputs=outputs, side=side)
    wide = torch.randn(outputs, inputs, 3, 3, generator=lab.generator()).to(problem.maps)
    layers: dict[str, mixing.Map] = {
        "kernel 1×1": lambda maps: conv2d(maps, problem.weight, problem.bias),
        "kernel 3×3, padding 1": lambda maps: F.conv2d(maps, wide, problem.bias, padding=1),
    }
    blocks = {name: mixing.jacobian(layer, problem.maps) for name, layer in layers.items()}
    one, three = blocks.values()
    same = distance(mixing.diagonal(one), problem.weight)
    lab.claim("dZ(., p) / dH(., q) for p ≠ q", mixing.off_diagonal(one).abs().max(), equals=0)
    lab.claim("dZ(., p) / dH(., p) is the weight W at every p", same, at_most=EXACT)
    lab.claim("control: a 3×3 kernel does mix pixels", mixing.off_diagonal(three).abs().max(), at_least=1e-3)
    order = torch.randperm(side * side, generator=lab.generator()).to(lab.device)
    gaps = [mixing.commutes(layer, problem.maps, order) for layer in layers.values()]
    lab.claim("permuting the pixels commutes with the layer", gaps[0], at_most=EXACT)
    lab.claim("control: it does not commute with a 3×3 kernel", gaps[1], at_least=1e-3)
    lab.figure(
        "Jacobians",
        mixing.picture(blocks, side),
        "The derivative of every output number with respect to every input number. On the left only the blocks p = q "
        "are filled, all with the same matrix W; on the right a pixel also answers to its neighbours.",
    )


@exercise.study("a.stack", "With activations and more layers: an MLP per pixel", widths=(3, 16, 16, 4), side=8)
def stacked(lab: Lab, widths: tuple[int, ...], side: int) -> None:
    network = stack.perceptron(widths, lab.generator()).to(lab.device, lab.dtype)
    maps = torch.randn(2, widths[0], side, side, generator=lab.generator()).to(lab.device, lab.dtype)
    convolutions, outputs = stack.as_convolutions(network), network(rows(maps))
    gap = distance(convolutions(maps), unrows(outputs, maps))
    lab.claim("1×1 layers with ReLU = one MLP applied to every pixel", gap, at_most=EXACT)
    theirs = stack.flat_gradient(network, outputs.square().sum())
    ours = stack.flat_gradient(convolutions, convolutions(maps).square().sum())
    lab.claim("the gradients of all weights = those of the MLP", (ours - theirs).norm() / theirs.norm(), at_most=EXACT)
    linear = stack.without_activations(network)
    single, several = conv2d(maps, *stack.collapsed(linear)), unrows(linear(rows(maps)), maps)
    relative = (single - several).norm() / several.norm()
    lab.claim("without ReLU the stack is one 1×1 layer again", relative.detach(), at_most=EXACT)


@exercise.study("a.xor", "What the activation adds: exclusive or at every pixel", side=48)
def exclusive_or(lab: Lab, side: int) -> None:
    maps = stack.pattern(side).to(lab.device, lab.dtype)
    wanted = (maps[:, :1] != maps[:, 1:]).to(lab.dtype)
    weight, bias = (tensor.to(lab.device, lab.dtype) for tensor in stack.best_single_layer())
    single = conv2d(maps, weight, bias)
    both = stack.exclusive_or().to(lab.device, lab.dtype)(maps).detach()
    least = (single - wanted).abs().min()
    lab.claim("1×1, ReLU, 1×1 computes exclusive or: largest error", distance(both, wanted), equals=0)
    lab.claim("the best single 1×1 layer is this far off at every pixel", least, at_least=0.5 - EXACT)
    lab.figure(
        "Exclusive or",
        stack.picture(maps, single, both),
        "One 1×1 layer can do no better than grey everywhere; two of them with a ReLU between compute exclusive or.",
    )


# Which is faster? Layouts are converted in the set-up, so that only the layer itself is timed.


def maps(batch: int, channels: int, side: int) -> Work:
    return Work(batch, "maps")


def forward_work(batch: int, channels: int, side: int) -> Work:
    """One matrix product over all pixels: maps, weights and biases are read once, and maps written once."""
    pixels = batch * side**2
    numbers = 2 * pixels * channels + channels**2 + channels
    return Work(batch, "maps", flops=2 * pixels * channels**2, bytes=4 * numbers)


@exercise.comparison(
    "a.speed",
    "Which is faster, at which batch and how many channels? Forward",
    reference="conv2d",
    work=forward_work,
    batch=(1, 8, 64),
    channels=(16, 128),
    side=7,
)
def forward(lab: Lab, batch: int, channels: int, side: int) -> dict[str, Call]:
    problem = Problem.draw(lab, batch=batch, inputs=channels, outputs=channels, side=side)
    channels_last = problem.in_channels_last()
    return {
        **{name: partial(layer, *problem.operands) for name, layer in LAYERS.items()},
        "conv2d, channels last": partial(conv2d, *channels_last.operands),
        "linear per pixel, channels last": partial(linear_per_pixel, *channels_last.operands),
    }


@exercise.comparison(
    "a.train",
    "Which is faster, forward and backward?",
    reference="conv2d",
    work=maps,
    batch=(1, 64),
    channels=(16, 128),
    side=7,
)
def forward_and_backward(lab: Lab, batch: int, channels: int, side: int) -> dict[str, Call]:
    problem = Problem.draw(lab, batch=batch, inputs=channels, outputs=channels, side=side)
    channels_last = problem.in_channels_last()
    return {
        "conv2d": partial(gradients.by_autograd, conv2d, problem),
        "linear per pixel": partial(gradients.by_autograd, linear_per_pixel, problem),
        "conv2d, channels last": partial(gradients.by_autograd, conv2d, channels_last),
        "linear per pixel, channels last": partial(gradients.by_autograd, linear_per_pixel, channels_last),
        "by hand": partial(gradients.by_hand, problem),
        "by hand, channels last": partial(gradients.by_hand, channels_last),
    }


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
