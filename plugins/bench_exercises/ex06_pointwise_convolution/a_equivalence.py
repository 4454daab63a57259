"""The layer twice, as a convolution and as a linear layer at every pixel: outputs, gradients, parameters."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error

from . import by_hand, reference
from .network import LAYERS, pixel_by_pixel
from .problem import EXACT, Problem, distance


def study(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    problem = Problem.draw(lab, batch=4, inputs=inputs, outputs=outputs, side=side)
    conv, linear = problem.modules()
    convolution = reference.of_module(conv, conv, problem)
    perceptron = reference.of_module(linear, partial(pixel_by_pixel, linear), problem)
    for name, value in convolution.items():
        lab.claim(f"{name}: convolution = linear layer per pixel", distance(perceptron[name], value), at_most=EXACT)
    hands = {
        "every pixel a row": by_hand.every_pixel_a_row(problem),
        "as a convolution": reference.by_hand_as_convolution(problem),
        "as a linear layer": reference.by_hand_as_linear(problem),
    }
    for name, hand in hands.items():
        lab.claim(f"by hand, {name} = autograd", max_error(hand, convolution), at_most=EXACT)
    worst = largest(max_error(reference.by_autograd(layer, problem), convolution) for layer in LAYERS.values())
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
