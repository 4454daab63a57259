"""Forward and backward of the ordinary layer, prepared to be timed, and what they ask of a machine."""

from math import isqrt

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.grad import conv2d_weight

from bench import Lab, Work
from bench.kit import byhand

from . import d_plain
from .problem import LK, PADDING, Calls, last, layer_bytes, layer_operations, normal

SLIDE = {
    "stride": [1, 1],
    "padding": [PADDING, PADDING],
    "dilation": [1, 1],
    "transposed": False,
    "output_padding": [0, 0],
    "groups": 1,
}
"""How the kernel slides, as the operators of ATen want to be told."""


def maps(channels: int, numbers: int) -> tuple[int, ...]:
    """(T, M, Y, X): pictures of the usual size, or smaller ones where one alone would hold more numbers; as many as
    hold so many in all."""
    side = min(32 if channels < 64 else 16, isqrt(numbers // channels))
    return max(1, numbers // (channels * side**2)), channels, side, side


def work(channels: int, numbers: int) -> Work:
    """Of the ordinary layer, forward and backward."""
    images, _, height, width = maps(channels, numbers)
    layer = {"N": channels, "M": channels, "L": LK[0], "K": LK[1], "places": images * height * width}
    return Work(images, "images", flops=layer_operations(**layer), bytes=layer_bytes(**layer))


def variants(lab: Lab, channels: int, numbers: int) -> Calls:
    """Forward and backward of the ordinary layer, M = N = channels: Z, dH, dW and dB."""
    shape = maps(channels, numbers)
    H, W, B, Δ = normal(lab, [shape, (channels, channels, *LK), (channels,), shape])
    W = W / (channels * LK[0] * LK[1]) ** 0.5
    H_last, W_last, Δ_last = last(H), last(W), last(Δ)

    def autograd(H: Tensor, W: Tensor, Δ: Tensor) -> dict[str, Tensor]:
        leaves = tuple(value.detach().requires_grad_() for value in (H, W, B))
        Z = F.conv2d(leaves[0], leaves[1], leaves[2], padding=PADDING)
        return gradients_of(Z, torch.autograd.grad(Z, leaves, Δ))

    def library(H: Tensor, W: Tensor, Δ: Tensor) -> dict[str, Tensor]:
        """The operator that autograd itself calls, asked for dH and dW; dB is a plain sum."""
        Z = torch.ops.aten.convolution(H, W, B, **SLIDE)
        wanted = [True, True, False]
        dH, dW, _ = torch.ops.aten.convolution_backward(Δ, H, W, bias_sizes=None, **SLIDE, output_mask=wanted)
        return gradients_of(Z, (dH, dW, Δ.sum((0, 2, 3))))

    def transposed() -> dict[str, Tensor]:
        dH = F.conv_transpose2d(Δ, W, padding=PADDING)
        dW = conv2d_weight(H, W.shape, Δ, padding=PADDING)
        return gradients_of(F.conv2d(H, W, B, padding=PADDING), (dH, dW, Δ.sum((0, 2, 3))))

    def columns() -> dict[str, Tensor]:
        Z, saved = byhand.conv2d(H, W, B, padding=PADDING)
        dH, dW, dB = byhand.conv2d_backward(Δ, saved)
        assert dB is not None
        return gradients_of(Z, (dH, dW, dB))

    def two_convolutions() -> dict[str, Tensor]:
        Z = F.conv2d(H_last, W_last, B, padding=PADDING)
        return gradients_of(Z, d_plain.backward_as_convolutions(Δ_last, H_last, W_last, padding=PADDING))

    return {
        "autograd": lambda: autograd(H, W, Δ),
        "autograd, channels_last": lambda: autograd(H_last, W_last, Δ_last),
        "columns and matrix products": columns,
        "transposed convolution": transposed,
        "two convolutions, channels_last": two_convolutions,
        "convolution_backward": lambda: library(H, W, Δ),
        "convolution_backward, channels_last": lambda: library(H_last, W_last, Δ_last),
    }


def gradients_of(Z: Tensor, gradients: tuple[Tensor, ...]) -> dict[str, Tensor]:
    return {"Z": Z.detach()} | dict(zip(("dH", "dW", "dB"), gradients, strict=True))
