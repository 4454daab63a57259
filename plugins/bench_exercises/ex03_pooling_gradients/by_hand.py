"""Both models forward and backward by hand. A pool is a matrix of shares: out = S y, hence dy = S^T dout.

For the average S is fixed, 1 / k in each window. For the maximum S is read off in the forward pass: a 1 at the first
largest value of each window (the switches).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from bench.kit.byhand import sgd

from .problem import NORMS, POOL, POOLS, STRIDE, Filter, Norm

SIGNS = (-1.0, 1.0)
"""e = out2 - out1: Data1 enters with a minus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """y (2, T), the shares (2, P, T), out (2, P), e = out2 - out1 (P,), and the loss."""

    y: Tensor
    shares: Tensor
    out: Tensor
    e: Tensor
    loss: Tensor


@dataclass(frozen=True, slots=True)
class Backward:
    """dout (2, P), dy (2, T), and the gradients of the filter: weight (C, K), bias (1,)."""

    out: Tensor
    y: Tensor
    weight: Tensor
    bias: Tensor


def convolve(x: Tensor, f: Filter) -> Tensor:
    """y[n, t] = bias + sum over c, k of weight[c, k] x[n, c, t + k]."""
    channels, kernel = f.weight.shape
    if x.ndim != 3 or x.shape[1] != channels or x.shape[2] < kernel:
        raise ValueError(f"x (N, C, L) {tuple(x.shape)} does not fit a filter (C, K) {tuple(f.weight.shape)}")
    places = x.shape[2] - kernel + 1
    return f.bias + sum(f.weight[c, k] * x[:, c, k : k + places] for c in range(channels) for k in range(kernel))


def shares(y: Tensor, pool: str, kernel: int = POOL, stride: int = STRIDE) -> Tensor:
    """The matrix S (N, P, T) of a pool over y (N, T): how much of each y goes into each output."""
    if pool not in POOLS:
        raise ValueError(f"pool {pool!r} is not one of {', '.join(POOLS)}")
    places = y.shape[1]
    if not (1 <= kernel <= places and stride >= 1):
        raise ValueError(f"a pool of kernel {kernel}, stride {stride} does not fit y (N, T) {tuple(y.shape)}")
    starts = torch.arange(0, places - kernel + 1, stride, device=y.device)
    if pool == "max":
        first = starts + y.unfold(1, kernel, stride).argmax(2)
        return torch.nn.functional.one_hot(first, places).to(y)
    inside = torch.arange(places, device=y.device) - starts[:, None]
    return (((inside >= 0) & (inside < kernel)).to(y) / kernel).expand(len(y), -1, -1)


def forward(x: Tensor, f: Filter, pool: str, norm: str = "l2", *, stride: int = STRIDE) -> Forward:
    """Everything from both data sets to the loss."""
    y = convolve(x, f)
    taken = shares(y, pool, stride=stride)
    out = (taken @ y[:, :, None])[:, :, 0]
    e = out[1] - out[0]
    return Forward(y=y, shares=taken, out=out, e=e, loss=norm_named(norm).value(e))


def norm_named(name: str) -> Norm:
    if name not in NORMS:
        raise ValueError(f"norm {name!r} is not one of {', '.join(NORMS)}")
    return NORMS[name]


def backward(at: Forward, x: Tensor, norm: str = "l2") -> Backward:
    """Back through the norm, the pool and the convolution; both data sets reach the filter, Data1 with a minus."""
    d_out = to_outputs(norm_named(norm).derivative(at.e))
    dy = to_places(at.shares, d_out)
    # Each data set's half is not zero by itself; only together they are.
    return Backward(d_out, dy, to_filter(dy, x), dy.sum(1).sum(0, keepdim=True))


def to_outputs(u: Tensor) -> Tensor:
    """u = dL/de (P,) as dL/dout of both data sets (2, P)."""
    return u * u.new_tensor(SIGNS)[:, None]


def to_places(taken: Tensor, d_out: Tensor) -> Tensor:
    """dy = S^T dout (2, T): a y that several windows share collects from each of them."""
    return (taken.mT @ d_out[:, :, None])[:, :, 0]


def to_filter(dy: Tensor, x: Tensor) -> Tensor:
    """dW[c, k] = sum over n, t of dy[n, t] x[n, c, t + k]: one weight serves every place, and collects from each."""
    patches = x.unfold(2, x.shape[2] - dy.shape[1] + 1, 1)
    return torch.einsum("nt,nctk->ck", dy, patches)


def step(f: Filter, back: Backward, lr: float) -> Filter:
    """One step of SGD."""
    return Filter(*sgd((f.weight, f.bias), (back.weight, back.bias), lr=lr)[0])


def parameters(f: Filter | Backward) -> Tensor:
    """The four weights and the bias, or their gradients, as (5,)."""
    return torch.cat([f.weight.flatten(), f.bias])
