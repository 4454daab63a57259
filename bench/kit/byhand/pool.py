"""Pooling: what a window sees, averaged, or its largest value alone.

Shapes: x (N, C, *S), y (N, C, *Y) with |Y| = floor((|S| + 2 padding - kernel) / stride) + 1. The stride is the kernel
unless it is given; a smaller stride makes windows overlap, and what they share gathers gradient from each of them
(Goodfellow, Bengio & Courville 2016, "Deep Learning", section 9.3).
"""

from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand.checks import Size, per_axis, require, require_shape, shape_of
from bench.kit.byhand.windows import Window, interior, overlap_add, pad, window, windows


class AvgPoolSaved(NamedTuple):
    shape: tuple[int, ...]
    """Of x."""
    window: Window
    counted: Tensor
    """How many values each window divides by: (*Y)."""


class MaxPoolSaved(NamedTuple):
    spatial: tuple[int, ...]
    window: Window
    winner: Tensor
    """Where in the padded image, flattened, each window's maximum lies: (N, C, *Y)."""


def avg_pool1d(
    x: Tensor, kernel: Size, *, stride: Size | None = None, padding: Size = 0, count_include_pad: bool = True
) -> tuple[Tensor, AvgPoolSaved]:
    """y[i] = Σ_k x[i·stride + k - padding] / m: m is the kernel's size, or what of it lies inside the input.

    Shapes: x (N, C, L), y (N, C, L'). Raises ``ValueError`` for a padding above half the kernel and for a kernel
    longer than the padded input.
    """
    return _avg_pool(x, kernel, stride=stride, padding=padding, count_include_pad=count_include_pad, axes=1)


def avg_pool1d_backward(dy: Tensor, saved: AvgPoolSaved) -> tuple[Tensor]:
    """dx[j] = Σ dy[i] / m[i] over the windows i that see j; dy has the shape of y."""
    return _avg_pool_backward(dy, saved)


def avg_pool2d(
    x: Tensor, kernel: Size, *, stride: Size | None = None, padding: Size = 0, count_include_pad: bool = True
) -> tuple[Tensor, AvgPoolSaved]:
    """``avg_pool1d`` over two axes: x (N, C, H, W), y (N, C, H', W')."""
    return _avg_pool(x, kernel, stride=stride, padding=padding, count_include_pad=count_include_pad, axes=2)


def avg_pool2d_backward(dy: Tensor, saved: AvgPoolSaved) -> tuple[Tensor]:
    """dx[j] = Σ dy[i] / m[i] over the windows i that see j; dy has the shape of y."""
    return _avg_pool_backward(dy, saved)


def max_pool1d(
    x: Tensor, kernel: Size, *, stride: Size | None = None, padding: Size = 0
) -> tuple[Tensor, MaxPoolSaved]:
    """y[i] = max_k x[i·stride + k - padding]; what lies outside the input counts as -∞.

    Shapes: x (N, C, L), y (N, C, L'). Raises ``ValueError`` for a padding above half the kernel and for a kernel
    longer than the padded input.
    """
    return _max_pool(x, kernel, stride=stride, padding=padding, axes=1)


def max_pool1d_backward(dy: Tensor, saved: MaxPoolSaved) -> tuple[Tensor]:
    """dx[j] = Σ dy[i] over the windows i whose maximum is x[j]; of equal values the first wins, as in torch."""
    return _max_pool_backward(dy, saved)


def max_pool2d(
    x: Tensor, kernel: Size, *, stride: Size | None = None, padding: Size = 0
) -> tuple[Tensor, MaxPoolSaved]:
    """``max_pool1d`` over two axes: x (N, C, H, W), y (N, C, H', W')."""
    return _max_pool(x, kernel, stride=stride, padding=padding, axes=2)


def max_pool2d_backward(dy: Tensor, saved: MaxPoolSaved) -> tuple[Tensor]:
    """dx[j] = Σ dy[i] over the windows i whose maximum is x[j]; of equal values the first, row by row, wins."""
    return _max_pool_backward(dy, saved)


def _avg_pool(
    x: Tensor, kernel: Size, *, stride: Size | None, padding: Size, count_include_pad: bool, axes: int
) -> tuple[Tensor, AvgPoolSaved]:
    w, spatial = _window(x, kernel, stride=stride, padding=padding, axes=axes)
    # Windows are counted on ones, whose padding is 1 or 0: so both ways of counting are one formula.
    inside = x.new_ones((1, 1, *spatial))
    counted = _sum(pad(inside, w, value=float(count_include_pad)), w)[0, 0]
    return _sum(pad(x, w), w) / counted, AvgPoolSaved(tuple(x.shape), w, counted)


def _avg_pool_backward(dy: Tensor, saved: AvgPoolSaved) -> tuple[Tensor]:
    (images, channels, *spatial), w, counted = saved
    places = counted.shape
    require_shape("dy", dy, (images, channels, *places))
    share = (dy / counted).transpose(0, 1).reshape(channels, *(1,) * len(w.kernel), images, *places)
    return (overlap_add(share.expand(channels, *w.kernel, images, *places), w, tuple(spatial)),)


def _sum(padded: Tensor, w: Window) -> Tensor:
    """The sum of each window: (N, C, *(S + 2 padding)) -> (N, C, *Y)."""
    return windows(padded, w).sum(tuple(range(-len(w.kernel), 0)))


def _max_pool(x: Tensor, kernel: Size, *, stride: Size | None, padding: Size, axes: int) -> tuple[Tensor, MaxPoolSaved]:
    w, spatial = _window(x, kernel, stride=stride, padding=padding, axes=axes)
    y, tap = windows(pad(x, w, value=float("-inf")), w).flatten(-axes).max(-1)
    # A tap says where in its window the maximum lies; gradients go back to a place in the image.
    winner = _where(w, spatial, x.device).expand(*tap.shape, -1).gather(-1, tap.unsqueeze(-1)).squeeze(-1)
    return y, MaxPoolSaved(spatial, w, winner)


def _max_pool_backward(dy: Tensor, saved: MaxPoolSaved) -> tuple[Tensor]:
    spatial, w, winner = saved
    require_shape("dy", dy, winner.shape)
    padded = dy.new_zeros((*dy.shape[:2], *w.padded(spatial)))
    padded.flatten(2).scatter_add_(2, winner.flatten(2), dy.flatten(2))
    return (padded[interior(w, spatial)].contiguous(),)


def _where(w: Window, spatial: tuple[int, ...], device: torch.device) -> Tensor:
    """The flat position, in the padded image, of every value that each window sees: (1, 1, *Y, |K|)."""
    padded = w.padded(spatial)
    count = torch.Size(padded).numel()
    return windows(torch.arange(count, device=device).view(1, 1, *padded), w).flatten(-len(padded))


def _window(
    x: Tensor, kernel: Size, *, stride: Size | None, padding: Size, axes: int
) -> tuple[Window, tuple[int, ...]]:
    require(x.ndim == axes + 2, f"x (N, C, ...) needs {axes} spatial axes, got {shape_of(x)}")
    sizes = per_axis("kernel", kernel, axes, at_least=1)
    w = window(sizes, sizes if stride is None else stride, padding)
    require(
        all(2 * p <= k for p, k in zip(w.padding, w.kernel, strict=True)),
        f"the padding {w.padding} must be at most half the kernel {w.kernel}, or a window would see padding alone",
    )
    spatial = tuple(x.shape[2:])
    w.positions(spatial)
    return w, spatial
