"""3c, the edges: where there is no derivative."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error, relative_error

from .by_hand import backward, convolve, forward, shares
from .c_rule import Shape, by_autograd, by_shares
from .problem import NORMS, POOLS, SHEET_LR, Filter, data, draws
from .reference import train_once

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
    # By differences alone a tie would not show: with equal values z is the same, whoever wins.
    gap = max_error(by_shares(y[:, None], dout, shape, "max"), by_autograd(y[:, None], dout, shape, "max"))
    lab.claim("a tie goes the same way in PyTorch", gap, equals=0)
    errors = [
        relative_error(backward(forward(x, f, "max", norm), x, norm).weight, gradient(x, f, norm)) for norm in NORMS
    ]
    lab.claim("at the tie: dW of the max model = PyTorch's", largest(errors), at_most=1e-12)


def gradient(x: Tensor, f: Filter, norm: str, pool: str = "max") -> Tensor:
    """PyTorch's dW (C, K)."""
    return train_once(x, f, pool=pool, norm=norm, lr=SHEET_LR)[0].weight


def claim_zero_difference(lab: Lab, x: Tensor, f: Filter) -> None:
    """Equal outputs: e / |e| is 0 / 0. Any vector no longer than 1 is a subgradient; PyTorch takes 0, and so do we.

    Of identical data both halves cancel whatever u is. So there is a filter too that sees no difference where there is
    one: any other u would move it.
    """
    blind = Filter(torch.zeros_like(f.weight), f.bias)
    for name, data_sets, at in (
        ("identical data", torch.stack([x[0], x[0]]), f),
        ("a filter that sees nothing", x, blind),
    ):
        ours = [backward(forward(data_sets, at, p, n), data_sets, n).weight for p in POOLS for n in NORMS]
        theirs = [gradient(data_sets, at, n, p) for p in POOLS for n in NORMS]
        lab.claim(f"{name}: our gradient", largest(g.abs().max() for g in ours), equals=0)
        lab.claim(f"{name}: our gradient - PyTorch's", max_error(ours, theirs), equals=0)
    lab.table("3c: the derivative of ‖e‖ at e = 0", list(at_zero(x.new_zeros(2))))


def at_zero(e: Tensor) -> Iterator[dict[str, str]]:
    """What three ways to write the norm come to where it has no derivative."""
    leaf = e.clone().requires_grad_()
    found = {
        "e / ‖e‖, taken literally": e / e.norm(),
        "autograd through sqrt(sum e²)": torch.autograd.grad(leaf.square().sum().sqrt(), leaf)[0],
        "autograd through torch.linalg.vector_norm": torch.autograd.grad(torch.linalg.vector_norm(leaf), leaf)[0],
    }
    for way, u in found.items():
        yield {"way": way, "u": ", ".join(f"{value:g}" for value in u.tolist())}
