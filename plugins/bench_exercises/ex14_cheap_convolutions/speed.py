"""The set-ups of the comparisons: one function computed in several ways, everything that can be prepared prepared."""

from collections.abc import Callable
from math import isqrt

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.grad import conv2d_weight

from bench import Lab, Work
from bench.kit import byhand

from . import counts, plain, rank1, separable
from .rank1 import Factors

Calls = dict[str, Callable[[], Tensor | dict[str, Tensor]]]
LK = (3, 3)
PADDING = 1
SLIDE = {
    "stride": [1, 1],
    "padding": [PADDING, PADDING],
    "dilation": [1, 1],
    "transposed": False,
    "output_padding": [0, 0],
    "groups": 1,
}
"""How the kernel slides, as the operators of ATen want to be told."""


def draw(lab: Lab, *shapes: tuple[int, ...]) -> list[Tensor]:
    """Standard normal tensors, in the order asked for, on the device and in the dtype of the lab."""
    generator = lab.generator()
    return [torch.randn(shape, generator=generator).to(lab.device, lab.dtype) for shape in shapes]


def images(lab: Lab, channels: int, quick: int = 2**18) -> tuple[int, ...]:
    """(T, M, Y, X): in ``quick`` as many pictures as make H hold 2¹⁸ numbers (1 MiB), in ``full`` four times as many.

    As in a network, the pictures are smaller where there are more channels. Maps of that size stay in the cache, and
    memory that was freed is given out again at once instead of being mapped anew, page by page.
    """
    side = lab.pick(smoke=8, quick=32, full=32) if channels < 64 else lab.pick(smoke=8, quick=16, full=16)
    numbers = lab.pick(smoke=1, quick=quick, full=4 * quick)
    return max(1, numbers // (channels * side**2)), channels, side, side


def last(tensor: Tensor) -> Tensor:
    """The same tensor with its channels stored innermost, where a 1×1 convolution is a plain matrix product."""
    return tensor.contiguous(memory_format=torch.channels_last)


def full_convolutions(H: Tensor, W: Tensor, B: Tensor) -> Calls:
    """What every cheap form is held against: ``conv2d`` with the kernel built, in both memory layouts."""
    H_last, W_last = last(H), last(W)
    return {
        "conv2d": lambda: F.conv2d(H, W, B, padding=PADDING),
        "conv2d, channels_last": lambda: F.conv2d(H_last, W_last, B, padding=PADDING),
    }


def separable_ways(lab: Lab, channels: int) -> Calls:
    """Depthwise-separable, M = N = channels: W[i, j] = P[i, j]·D[j]."""
    H, P, D, B = draw(lab, images(lab, channels), (channels, channels), (channels, *LK), (channels,))
    P = P / channels**0.5
    depth, point = D[:, None], P[:, :, None, None]
    H_last, depth_last, point_last = last(H), last(depth), last(point)

    def two_steps(H: Tensor, depth: Tensor, point: Tensor) -> Tensor:
        return F.conv2d(F.conv2d(H, depth, padding=PADDING, groups=channels), point, B)

    return full_convolutions(H, separable.kernel(P, D), B) | {
        "separable": lambda: two_steps(H, depth, point),
        "separable, channels_last": lambda: two_steps(H_last, depth_last, point_last),
    }


def rank1_ways(lab: Lab, channels: int) -> Calls:
    """W = a ∘ b ∘ c ∘ d: one channel between the mixing and the spreading."""
    H, B, *vectors = draw(lab, images(lab, channels), (channels,), (channels,), (channels,), *((m,) for m in LK))
    factors = Factors(vectors[0], vectors[1] / channels**0.5, vectors[2], vectors[3])
    H_last, small = last(H), torch.outer(factors.c, factors.d)[None, None]

    def channels_innermost() -> Tensor:
        S = H_last.permute(0, 2, 3, 1) @ factors.b
        V = F.conv2d(S[:, None], small, padding=PADDING)
        return torch.addcmul(B, V.permute(0, 2, 3, 1), factors.a).permute(0, 3, 1, 2)

    return full_convolutions(H, rank1.kernel(factors), B) | {
        "rank 1, by hand": lambda: rank1.forward(H, factors, B, padding=PADDING)[0],
        "rank 1, channels_last": channels_innermost,
    }


def cp_ways(lab: Lab, channels: int) -> Calls:
    """W = Σ_r a_r ∘ b_r ∘ c_r ∘ d_r with as many terms as channels."""
    R = channels
    shapes = ((channels, R), (R, channels), (R, LK[0]), (R, LK[1]))
    H, B, a, b, c, d = draw(lab, images(lab, channels), (channels,), *shapes)
    a, b = a / R**0.5, b / channels**0.5
    steps = (b[:, :, None, None], c[:, None, :, None], d[:, None, None, :], a[:, :, None, None])
    merged = (steps[0], c[:, None, :, None] * d[:, None, None, :], steps[3])
    terms = torch.einsum("rm,rlk->rmlk", b, merged[1][:, 0])
    W = (a @ terms.flatten(1)).view(channels, channels, *LK)
    H_last, steps_last, merged_last = last(H), [last(w) for w in steps], [last(w) for w in merged]

    def four(H: Tensor, b: Tensor, c: Tensor, d: Tensor, a: Tensor) -> Tensor:
        U = F.conv2d(F.conv2d(H, b), c, padding=(PADDING, 0), groups=R)
        return F.conv2d(F.conv2d(U, d, padding=(0, PADDING), groups=R), a, B)

    def three(H: Tensor, b: Tensor, cd: Tensor, a: Tensor) -> Tensor:
        return F.conv2d(F.conv2d(F.conv2d(H, b), cd, padding=PADDING, groups=R), a, B)

    return full_convolutions(H, W, B) | {
        "CP": lambda: four(H, *steps),
        "CP, channels_last": lambda: four(H_last, *steps_last),
        "CP, c and d merged, channels_last": lambda: three(H_last, *merged_last),
    }


def rank1_training_ways(lab: Lab, channels: int) -> Calls:
    """Forward and backward of the rank-1 layer: Z and the derivatives of H, a, b, c, d and B."""
    shape = images(lab, channels, quick=2**17)
    H, Δ, B, *vectors = draw(lab, shape, shape, (channels,), (channels,), (channels,), *((m,) for m in LK))
    factors = Factors(vectors[0], vectors[1] / channels**0.5, vectors[2], vectors[3])
    leaves = [value.clone().requires_grad_() for value in (H, *factors, B)]

    def named(Z: Tensor, gradients: tuple[Tensor, ...]) -> dict[str, Tensor]:
        return {"Z": Z.detach()} | dict(zip(("dH", "da", "db", "dc", "dd", "dB"), gradients, strict=True))

    def through_the_kernel() -> dict[str, Tensor]:
        H, *four, B = leaves
        Z = F.conv2d(H, rank1.kernel(Factors(*four)), B, padding=PADDING)
        return named(Z, torch.autograd.grad(Z, leaves, Δ))

    def through_the_steps() -> dict[str, Tensor]:
        H, *four, B = leaves
        Z, _ = rank1.forward(H, Factors(*four), B, padding=PADDING)
        return named(Z, torch.autograd.grad(Z, leaves, Δ))

    def by_hand() -> dict[str, Tensor]:
        Z, saved = rank1.forward(H, factors, B, padding=PADDING)
        return named(Z, rank1.backward(Δ, saved))

    return {
        "conv2d of the built kernel, autograd": through_the_kernel,
        "rank-1 steps, autograd": through_the_steps,
        "rank-1 steps, by hand": by_hand,
    }


def maps(channels: int, numbers: int) -> tuple[int, ...]:
    """(T, M, Y, X): pictures of the usual size, or smaller ones where one alone would hold more numbers; as many as
    hold so many in all."""
    side = min(32 if channels < 64 else 16, isqrt(numbers // channels))
    return max(1, numbers // (channels * side**2)), channels, side, side


def backward_work(channels: int, numbers: int) -> Work:
    """Of the ordinary layer, forward and backward."""
    images, _, height, width = maps(channels, numbers)
    layer = {"N": channels, "M": channels, "L": LK[0], "K": LK[1], "places": images * height * width}
    return Work(images, "images", flops=counts.layer_operations(**layer), bytes=counts.layer_bytes(**layer))


def backward_ways(lab: Lab, channels: int, numbers: int) -> Calls:
    """Forward and backward of the ordinary layer, M = N = channels: Z, dH, dW and dB."""
    shape = maps(channels, numbers)
    H, W, B, Δ = draw(lab, shape, (channels, channels, *LK), (channels,), shape)
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
        return gradients_of(Z, plain.backward_as_convolutions(Δ_last, H_last, W_last, padding=PADDING))

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
