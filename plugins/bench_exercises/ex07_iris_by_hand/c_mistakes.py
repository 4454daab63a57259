"""7c: the classic mistakes, each with the number that a claim would have had."""

from __future__ import annotations

import math
from dataclasses import replace
from math import comb

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import max_error, relative_error

from . import c_laws
from .c_pairs import unpaired
from .c_passage import ACTIVATIONS, DEVIATIONS, WIDTH, by_autograd, down, layers, numbers, rms, up
from .c_signs import Signs
from .problem import Task

EXACT = "gradients on their way down = autograd, all activations"
INIT = "deviations = those of torch.nn.init"


def depth(lab: Lab) -> None:
    """Of a gradient's way down, on three layers of tanh and sigmoid, and of the deviations of the weights."""
    drawn = numbers(lab.seed, 5, torch.empty(0, dtype=torch.float64), width=7, depth=3)
    weights, biases = layers(drawn, "PyTorch default")

    def off(name: str, slopes: list[Tensor], matrices: Tensor = weights) -> float:
        expected = by_autograd(ACTIVATIONS[name].f, weights, biases, drawn)
        return relative_error(torch.stack([rms(delta) for delta in down(slopes, matrices, drawn.top)]), expected)

    outs = up(ACTIVATIONS["tanh"], weights, biases, drawn.x)[1]
    slopes = [1 - a**2 for a in outs]
    p = up(ACTIVATIONS["sigmoid"], weights, biases, drawn.x)[1]
    he = c_laws.by_torch(WIDTH, WIDTH)["He"].double()
    slips = [
        Mistake(name="W in place of its transpose", fails=EXACT, value=off("tanh", slopes, weights.mT)),
        Mistake(name="tanh′ = 1 - tanh, without the square", fails=EXACT, value=off("tanh", [1 - a for a in outs])),
        Mistake(name="tanh′ taken at a, not at z", fails=EXACT, value=off("tanh", [1 - a.tanh() ** 2 for a in outs])),
        Mistake(name="slopes in the order of the way up", fails=EXACT, value=off("tanh", slopes[::-1])),
        Mistake(name="σ′ = σ, without the factor 1 - σ", fails=EXACT, value=off("sigmoid", p)),
        Mistake(name="He's law without the 2", fails=INIT, value=of(DEVIATIONS["Xavier"], he)),
        Mistake(name="the variance for the deviation", fails=INIT, value=of(2 / WIDTH, he)),
        Mistake(name="normal weights as wide as U(-s, s)", fails=INIT, value=of(math.sqrt(6 / WIDTH), he)),
    ]
    break_it(lab, *slips)


def pairs(lab: Lab, both: Task) -> None:
    """Of the pairs, and of the sign test: of each, Xavier's tasks come first."""
    half = len(both.x) // 2
    turned = {name: torch.cat([p[:half], p[half:].roll(1, 0)]) for name, p in both.theta.items()}
    by_outputs = {name: by_their_outputs(p, half) for name, p in both.theta.items()}
    x = torch.cat([both.x[:half], both.x[half:].roll(1, 0)])
    signs = Signs(9, 3, 0)
    lab.claim("sign test of 9 to 3: by hand = scipy", max_error(signs.p_by_hand, signs.p), at_most=1e-12)
    test, paired = "sign test of 9 to 3: by hand = scipy", "pairs: one split, and weights apart by √(1 + n_out/n_in)"
    one_sided = signs.p_by_hand / 2
    slips = [
        Mistake(name="other numbers for He than for Xavier", fails=paired, value=unpaired(replace(both, theta=turned))),
        Mistake(name="another split for He", fails=paired, value=unpaired(replace(both, x=x))),
        Mistake(name="He's law by the outputs", fails=paired, value=unpaired(replace(both, theta=by_outputs))),
        Mistake(name="one side of the sign test only", fails=test, value=max_error(one_sided, signs.p)),
        Mistake(
            name="the probability of 3 alone, not of 3 and less",
            fails=test,
            value=max_error(2 * comb(12, 3) / 2**12, signs.p),
        ),
    ]
    break_it(lab, *slips)


def by_their_outputs(p: Tensor, half: int) -> Tensor:
    """He's half with 2 / outputs in place of 2 / inputs; biases as they are."""
    outputs, inputs = p.shape[1:] if p.dim() == 3 else (1, 1)
    return torch.cat([p[:half], math.sqrt(inputs / outputs) * p[half:]])


def of(deviation: float, expected: Tensor) -> float:
    return relative_error(torch.full_like(expected, deviation), expected)
