"""The layer twice, as a convolution and as a linear layer at every pixel: outputs, gradients, parameters."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error

from . import by_hand, checks, reference
from .network import LAYERS, conv2d, linear_per_pixel, pixel_by_pixel
from .problem import EXACT, Problem

BY_HAND = "by hand, every pixel a row = autograd"


def study(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    problem = Problem.draw(lab, batch=4, inputs=inputs, outputs=outputs, side=side)
    conv, linear = problem.modules()
    convolution = reference.of_module(conv, conv, problem)
    perceptron = reference.of_module(linear, partial(pixel_by_pixel, linear), problem)
    for name, value in convolution.items():
        lab.claim(f"{name}: convolution = linear layer per pixel", max_error(perceptron[name], value), at_most=EXACT)
    hands = {
        "every pixel a row": by_hand.every_pixel_a_row(problem),
        "as a convolution": reference.by_hand_as_convolution(problem),
        "as a linear layer": reference.by_hand_as_linear(problem),
    }
    for name, hand in hands.items():
        lab.claim(f"by hand, {name} = autograd", max_error(hand, convolution), at_most=EXACT)
    worst = largest(max_error(reference.by_autograd(layer, problem), convolution) for layer in LAYERS.values())
    lab.claim("every way to write the layer gives the same", worst, at_most=EXACT)
    lab.table("The same layer, three times", side_by_side(convolution, perceptron, hands["every pixel a row"]))
    formula(lab, problem, convolution)
    parameters(lab, problem)
    break_it(lab, *mistakes(problem, convolution))


def formula(lab: Lab, problem: Problem, expected: dict[str, Tensor]) -> None:
    """The sums of the answer, visited one by one, and their slopes."""
    maps, weight, bias = problem.operands
    printed = by_hand.as_printed(maps, weight[:, :, None, None], bias)
    lab.claim("the formula with K = 1 = Conv2d(M, N, 1)", max_error(printed, expected["output"]), at_most=EXACT)
    # L is linear in each operand, so that a central difference errs by rounding alone: eps·|L|/h, some 1e-9.
    few = Problem.draw(lab, batch=2, inputs=3, outputs=3, side=3)
    found = {name: value for name, value in by_hand.every_pixel_a_row(few).items() if name != "output"}
    lab.claim(
        "by hand = central differences of the formula", max_error(found, checks.by_differences(few)), at_most=1e-7
    )


def parameters(lab: Lab, problem: Problem) -> None:
    """Counted by rank, which sees a parameter that does nothing; it needs M + 1 pixels or more."""
    count = checks.free_parameters(conv2d, problem)
    outputs, inputs = problem.weight.shape
    expected = inputs * outputs + outputs
    lab.claim("the convolution has MN + N parameters", count, equals=expected, as_declared=True)
    twin = checks.free_parameters(linear_per_pixel, problem)
    lab.claim("the linear layer has as many", twin, equals=count)


def mistakes(problem: Problem, expected: dict[str, Tensor]) -> list[Mistake]:
    right = by_hand.every_pixel_a_row(problem)
    return [
        Mistake(name=name, fails=BY_HAND, value=max_error(right | slip(problem), expected))
        for name, slip in checks.MISTAKES.items()
    ]


def side_by_side(*ways: dict[str, Tensor]) -> list[dict[str, Any]]:
    """One row per quantity: its shape, its norm in each way, and the largest difference between any entry and ours."""
    names = ("Conv2d(M, N, 1)", "linear per pixel", "by hand")
    return [
        {
            "quantity": name,
            "shape": "×".join(map(str, value.shape)),
            **{f"norm, {way}": float(found[name].norm()) for way, found in zip(names, ways, strict=True)},
            "largest difference": largest(max_error(found[name], value) for found in ways),
        }
        for name, value in ways[0].items()
    ]
