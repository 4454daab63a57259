"""Why the question says k = 1, p = 0, s = 1: what padding, stride and a larger kernel change in the formula."""

from __future__ import annotations

from itertools import product

import torch
from torch.nn import functional as F

from bench import Lab
from bench.kit.compare import largest, max_error

from . import by_hand
from .problem import EXACT, Problem


def study(lab: Lab, inputs: int, outputs: int, side: int) -> None:
    problem = Problem.draw(lab, batch=2, inputs=inputs, outputs=outputs, side=side)
    maps, weight, bias = problem.operands
    kernel = weight[:, :, None, None]
    wide = torch.randn(outputs, inputs, 3, 3, generator=lab.generator()).to(maps)
    padded = by_hand.as_printed(maps, kernel, bias, padding=1)
    border = torch.cat([padded[:, :, 0], padded[:, :, -1], padded[..., 0], padded[..., -1]], dim=-1)
    lab.claim("p = 1 adds this many pixels to the width", padded.shape[-1] - side, equals=2)
    lab.claim(
        "p = 1 puts nothing but the bias on the border", max_error(border, bias[:, None].expand_as(border)), equals=0
    )
    framed = by_hand.forward(F.pad(maps, (1, 1, 1, 1)), weight, bias)
    lab.claim("p = 1 is the same layer on the map in a frame of zeros", max_error(padded, framed), at_most=EXACT)
    sparse = F.conv2d(maps, kernel, bias, stride=2)
    every_second = by_hand.forward(maps, weight, bias)[..., ::2, ::2]
    lab.claim("s = 2 is the same layer on every second pixel", max_error(sparse, every_second), at_most=EXACT)
    errors = [
        max_error(by_hand.as_printed(maps, wide, bias, padding=p, stride=s), F.conv2d(maps, wide, bias, s, p))
        for p, s in ((0, 1), (1, 1), (2, 1), (1, 2))
    ]
    lab.claim("control: the formula = Conv2d with 3×3 kernels, padded and strided", largest(errors), at_most=EXACT)
    kept, own = settings(maps.new_zeros(side, side))
    lab.claim("of 12 settings these keep the size of the map", len(kept), equals=2, as_declared=True)
    others = len({(3, 1, 1), (1, 0, 1)} ^ set(kept))
    lab.claim("k = 3, p = 1, s = 1 keeps it as well: settings besides these two", others, equals=0, as_declared=True)
    wrong = len({(1, 0, 1)} ^ set(own))
    lab.claim("each pixel read at its own place alone: settings besides k = 1, p = 0, s = 1", wrong, equals=0)


Setting = tuple[int, int, int]
"""K, P, S."""


def settings(picture: torch.Tensor) -> tuple[list[Setting], list[Setting]]:
    """Of K = 1, 2, 3 with P = 0, 1 and S = 1, 2: those that keep the size, and those that read each pixel alone.

    Read off a kernel of ones, which shows one lit pixel after the other to the formula.
    """
    side, pixels = len(picture), picture.numel()
    alone = torch.eye(pixels).to(picture)
    kept, own = [], []
    for kernel, padding, stride in product((1, 2, 3), (0, 1), (1, 2)):
        ones = picture.new_ones(1, 1, kernel, kernel)
        lit = alone.view(pixels, 1, side, side)
        seen = by_hand.as_printed(lit, ones, picture.new_zeros(1), padding=padding, stride=stride).flatten(1)
        kept += [(kernel, padding, stride)] if seen.shape == alone.shape else []
        own += [(kernel, padding, stride)] if torch.equal(seen, alone) else []
    return kept, own
