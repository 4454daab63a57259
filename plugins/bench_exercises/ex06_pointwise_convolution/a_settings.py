"""Why the question says k = 1, p = 0, s = 1: what padding, stride and a larger kernel change in the formula."""

from __future__ import annotations

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
