"""Transposed convolution: the linear map of a convolution, transposed.

Shapes: x (N, C, *S), W (C, O/G, *K), b (O), y (N, O, *T), with

    |T| = (|S| - 1) stride - 2 padding + dilation (|K| - 1) + 1 + output_padding

A convolution with the same W takes y's shape to x's; ``output_padding`` tells apart the several |T| that a stride maps
to one |S| (Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", chapter 4). Forward and
backward of ``bench.kit.byhand.conv`` change places:

    y  = overlap_add(Wᵀ · x) + b
    dx = W · columns(dy),    dW = x · columns(dy)ᵀ,    db = Σ dy over images and positions
"""

from typing import NamedTuple

from torch import Tensor

from bench.kit.byhand.checks import Size, per_axis, require, require_shape, shape_of
from bench.kit.byhand.windows import Window, by_channel, columns, overlap_add, window


class ConvTransposeSaved(NamedTuple):
    x: Tensor
    weight: Tensor
    has_bias: bool
    window: Window
    groups: int
    output: tuple[int, ...]
    """T, the spatial shape of y."""


def conv_transpose1d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[Tensor, ConvTransposeSaved]:
    """y[n, o, j] = b[o] + Σ_c Σ_{i, k: i·stride + k·dilation - padding = j} W[c, o, k] x[n, c, i].

    Shapes: x (N, C, L), W (C, O/G, K), b (O), y (N, O, L'). Raises ``ValueError`` where channels or groups do not
    match, where the output would be empty, and for an output padding that neither stride nor dilation exceeds.
    """
    return _conv_transpose(
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
        axes=1,
    )


def conv_transpose1d_backward(dy: Tensor, saved: ConvTransposeSaved) -> tuple[Tensor, Tensor, Tensor | None]:
    """(dx, dW, db); dy has the shape of y. db is ``None`` for a layer without bias."""
    return _conv_transpose_backward(dy, saved)


def conv_transpose2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[Tensor, ConvTransposeSaved]:
    """``conv_transpose1d`` over two axes: x (N, C, H, W), W (C, O/G, K, K'), b (O), y (N, O, H', W')."""
    return _conv_transpose(
        x,
        weight,
        bias,
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
        groups=groups,
        axes=2,
    )


def conv_transpose2d_backward(dy: Tensor, saved: ConvTransposeSaved) -> tuple[Tensor, Tensor, Tensor | None]:
    """(dx, dW, db); dy has the shape of y. db is ``None`` for a layer without bias."""
    return _conv_transpose_backward(dy, saved)


def _conv_transpose(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    *,
    stride: Size,
    padding: Size,
    output_padding: Size,
    dilation: Size,
    groups: int,
    axes: int,
) -> tuple[Tensor, ConvTransposeSaved]:
    _check(x, weight, bias, groups=groups, axes=axes)
    w = window(tuple(weight.shape[2:]), stride, padding, dilation)
    spatial = tuple(x.shape[2:])
    output = _output(w, spatial, per_axis("output_padding", output_padding, axes, at_least=0))
    outputs = groups * weight.shape[1]
    taps = (_matrix(weight, groups).mT @ by_channel(x, groups)).view(outputs, *w.kernel, x.shape[0], *spatial)
    y = overlap_add(taps, w, output)
    if bias is not None:
        y = y + bias.view(-1, *(1,) * axes)
    return y, ConvTransposeSaved(x=x, weight=weight, has_bias=bias is not None, window=w, groups=groups, output=output)


def _conv_transpose_backward(dy: Tensor, saved: ConvTransposeSaved) -> tuple[Tensor, Tensor, Tensor | None]:
    x, weight, has_bias, w, groups, output = saved
    images, channels, *spatial = x.shape
    require_shape("dy", dy, (images, groups * weight.shape[1], *output))
    # A stride may leave dy room for a position more than x has: only those of x count.
    dy_columns = columns(dy, w, groups, tuple(spatial))
    dx = (_matrix(weight, groups) @ dy_columns).view(channels, images, *spatial).transpose(0, 1).contiguous()
    dweight = (by_channel(x, groups) @ dy_columns.mT).view_as(weight)
    return dx, dweight, dy.transpose(0, 1).flatten(1).sum(1) if has_bias else None


def _matrix(weight: Tensor, groups: int) -> Tensor:
    """One row per input channel: (C, O/G, *K) -> (G, C/G, O/G |K|)."""
    return weight.reshape(groups, weight.shape[0] // groups, weight[0].numel())


def _output(w: Window, spatial: tuple[int, ...], extra: tuple[int, ...]) -> tuple[int, ...]:
    """T, the spatial shape of y."""
    require(
        all(e < max(s, d) for e, s, d in zip(extra, w.stride, w.dilation, strict=True)),
        f"output_padding {extra} must be smaller than the stride {w.stride} or the dilation {w.dilation}",
    )
    sizes = zip(spatial, w.stride, w.padding, w.reach, extra, strict=True)
    output = tuple((n - 1) * s - 2 * p + r + e for n, s, p, r, e in sizes)
    require(
        min(output) >= 1,
        f"the output would have the size {output}: input {spatial}, kernel {w.kernel}, padding {w.padding}",
    )
    return output


def _check(x: Tensor, weight: Tensor, bias: Tensor | None, *, groups: int, axes: int) -> None:
    require(
        x.ndim == weight.ndim == axes + 2,
        f"x (N, C, ...) and weight (C, O/groups, ...) need {axes} spatial axes: x is {shape_of(x)}, "
        f"the weight {shape_of(weight)}",
    )
    channels = x.shape[1]
    require(
        groups >= 1 and channels % groups == 0,
        f"groups={groups} must divide the {channels} channels of x {shape_of(x)}",
    )
    require(
        channels == weight.shape[0],
        f"the weight {shape_of(weight)} takes {weight.shape[0]} channels, x {shape_of(x)} has {channels}",
    )
    if bias is not None:
        require_shape("bias", bias, (groups * weight.shape[1],))
