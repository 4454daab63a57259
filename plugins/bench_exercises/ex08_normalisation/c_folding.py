"""8c: at test batch norm is affine, and can be folded into the layer before it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import Running, batch_norm, batch_norm_eval
from bench.kit.compare import max_error

from .by_hand import EPS
from .problem import normal


@dataclass(frozen=True, slots=True)
class Norm:
    """A batch norm that has been trained: γ, β, and the moving averages, (C) each."""

    weight: Tensor
    bias: Tensor
    running: Running

    @classmethod
    def draw(cls, channels: int, stream: torch.Generator, like: Tensor) -> Norm:
        weight, bias, mean, spread = (normal((channels,), stream, like) for _ in range(4))
        return cls(weight, bias, Running(mean, 0.5 + spread.square()))

    @property
    def scale(self) -> Tensor:
        """γ / √(v + ε)."""
        return self.weight * (self.running.variance + EPS).rsqrt()


def fold(weight: Tensor, bias: Tensor, norm: Norm) -> tuple[Tensor, Tensor]:
    """W' = W γ / √(v + ε) and b' = (b - m) γ / √(v + ε) + β, per output channel; W is (out, …), a linear layer's or a
    convolution's. Raises ``ValueError`` where the norm has another number of channels."""
    if len(weight) != len(norm.weight):
        raise ValueError(f"a layer of {len(weight)} outputs and a norm of {len(norm.weight)} channels do not fit")
    scale = norm.scale
    return weight * scale.view(-1, *(1,) * (weight.ndim - 1)), (bias - norm.running.mean) * scale + norm.bias


def folded(lab: Lab, norm: Norm, stream: torch.Generator, like: Tensor) -> None:
    """Into a linear layer and into a convolution, against PyTorch's batch norm in evaluation mode."""
    weight, bias, x = (normal(shape, stream, like) for shape in ((5, 7), (5,), (9, 7)))
    found, separate = F.linear(x, *fold(weight, bias, norm)), torchs(F.linear(x, weight, bias), norm)
    lab.claim("folded into a linear layer: same output", max_error(found, separate), at_most=1e-12)
    kernel, maps = normal((5, 3, 3, 3), stream, like), normal((2, 3, 8, 8), stream, like)
    found, separate = F.conv2d(maps, *fold(kernel, bias, norm)), torchs(F.conv2d(maps, kernel, bias), norm)
    lab.claim("folded into a convolution: same output", max_error(found, separate), at_most=1e-12)
    batch = batch_norm(F.linear(x, weight, bias), norm.weight, norm.bias)[0]
    wrong = max_error(F.linear(x, *fold(weight, bias, norm)), batch)
    lab.claim("control: in training mode there is no such layer, off by", wrong, at_least=0.01)


def torchs(x: Tensor, norm: Norm) -> Tensor:
    m, v = norm.running
    return F.batch_norm(x, m, v, weight=norm.weight, bias=norm.bias, training=False, eps=EPS)


def by_hand(x: Tensor, norm: Norm) -> Tensor:
    return batch_norm_eval(x, norm.weight, norm.bias, norm.running)[0]
