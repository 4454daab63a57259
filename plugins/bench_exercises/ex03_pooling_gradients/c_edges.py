"""3c, the edges: where there is no derivative."""

from __future__ import annotations

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from .by_hand import backward, convolve, forward, shares
from .c_rule import Shape, by_autograd, by_shares
from .problem import NORMS, POOLS, Filter, data, draws

TIED = ((5.0, 1.0), (0.0, 0.0))
"""A filter for which Data1 gives y = (7, 7, -13) exactly: a tie in the first window."""


def study(lab: Lab, sigma: float) -> None:
    x, first = data(lab), next(draws(lab, sigma))
    claim_tie(lab, x)
    claim_zero_difference(lab, x, first)


def claim_tie(lab: Lab, x: Tensor) -> None:
    """Equal values in a window: the first index takes it all, by hand and in PyTorch."""
    f = Filter(x.new_tensor(TIED), x.new_zeros(1))
    y = convolve(x, f)
    lab.claim("the tie: y1 - y2 of Data1", y[0, 0] - y[0, 1], equals=0)
    lab.claim("a tie goes wholly to the first index", shares(y, "max")[0, 0, 0], equals=1)
    dout = torch.ones_like(y[:, None, 1:])
    shape = Shape(images=2, channels=1, length=3, kernel=2, stride=1, whole=True)
    gap = (by_shares(y[:, None], dout, shape, "max")[1] - by_autograd(y[:, None], dout, shape, "max")[1]).abs().max()
    lab.claim("a tie goes the same way in PyTorch", gap, equals=0)


def claim_zero_difference(lab: Lab, x: Tensor, f: Filter) -> None:
    """Identical data: e / |e| is 0 / 0. Taken literally NaN, in torch.norm and here 0."""
    same = torch.stack([x[0], x[0]])
    gradients = [backward(forward(same, f, pool, norm), same, norm).weight for pool in POOLS for norm in NORMS]
    lab.claim("identical data: our gradient", largest(g.abs().max() for g in gradients), equals=0)
    e = x.new_zeros(2)
    leaf = e.clone().requires_grad_()
    literal, library = (
        torch.autograd.grad(norm(leaf), leaf)[0] for norm in (lambda e: (e**2).sum().sqrt(), torch.norm)
    )
    lab.claim(
        "identical data: e / |e| taken literally, NaN in so many of 2 places", (e / e.norm()).isnan().sum(), equals=2
    )
    lab.claim(
        "identical data: autograd through sqrt(sum e²), NaN in so many of 2 places", literal.isnan().sum(), equals=2
    )
    lab.claim("identical data: torch.norm gives", library.abs().max(), equals=0)
