"""Why the question says k = 1, p = 0, s = 1: what padding and stride change."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from bench import Lab

from .network import conv2d
from .problem import EXACT, Problem, distance


def study(lab: Lab, inputs: int, outputs: int, side: int) -> None:
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
