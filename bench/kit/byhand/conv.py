"""Convolution, in the sense of deep learning: a kernel slides over the input, unflipped (a cross-correlation).

Shapes: x (N, C, *S), W (O, C/G, *K), b (O), y (N, O, *Y) with G groups; Y as in ``bench.kit.byhand.windows``.
With the windows of x as columns the layer is a matrix product, and so are its gradients:

    y  = W · columns(x) + b
    dW = dy · columns(x)ᵀ,    dx = overlap_add(Wᵀ · dy),    db = Σ dy over images and positions

Written out for one channel and stride 1, dx is dy, padded, under the *flipped* kernel, and dW is x under dy
(Goodfellow, Bengio & Courville 2016, "Deep Learning", sections 9.1 and 9.5).
"""

from typing import NamedTuple

from torch import Tensor

from bench.kit.byhand.checks import Size, require, require_shape, shape_of
from bench.kit.byhand.windows import Window, by_channel, columns, overlap_add, window


class ConvSaved(NamedTuple):
    x: Tensor
    weight: Tensor
    has_bias: bool
    window: Window
    groups: int


def conv1d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[Tensor, ConvSaved]:
    """y[n, o, i] = b[o] + Σ_c Σ_k W[o, c, k] x[n, c, i·stride + k·dilation - padding], x being 0 outside.

    Shapes: x (N, C, L), W (O, C/G, K), b (O), y (N, O, L'). Raises ``ValueError`` where channels or groups do not
    match, or the kernel is longer than the padded input.
    """
    return _conv(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups, axes=1)


def conv1d_backward(dy: Tensor, saved: ConvSaved) -> tuple[Tensor, Tensor, Tensor | None]:
    """(dx, dW, db); dy has the shape of y. db is ``None`` for a layer without bias."""
    return _conv_backward(dy, saved)


def conv2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[Tensor, ConvSaved]:
    """``conv1d`` over two axes: x (N, C, H, W), W (O, C/G, K, K'), b (O), y (N, O, H', W')."""
    return _conv(x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups, axes=2)


def conv2d_backward(dy: Tensor, saved: ConvSaved) -> tuple[Tensor, Tensor, Tensor | None]:
    """(dx, dW, db); dy has the shape of y. db is ``None`` for a layer without bias."""
    return _conv_backward(dy, saved)


def _conv(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    *,
    stride: Size,
    padding: Size,
    dilation: Size,
    groups: int,
    axes: int,
) -> tuple[Tensor, ConvSaved]:
    _check(x, weight, bias, groups=groups, axes=axes)
    w = window(tuple(weight.shape[2:]), stride, padding, dilation)
    places = w.positions(tuple(x.shape[2:]))
    y = _matrix(weight, groups) @ columns(x, w, groups)
    y = y.view(weight.shape[0], x.shape[0], *places).transpose(0, 1)
    if bias is not None:
        y = y + bias.view(-1, *(1,) * axes)
    return y.contiguous(), ConvSaved(x=x, weight=weight, has_bias=bias is not None, window=w, groups=groups)


def _conv_backward(dy: Tensor, saved: ConvSaved) -> tuple[Tensor, Tensor, Tensor | None]:
    x, weight, has_bias, w, groups = saved
    images, spatial = x.shape[0], tuple(x.shape[2:])
    places = w.positions(spatial)
    require_shape("dy", dy, (images, weight.shape[0], *places))
    delta = by_channel(dy, groups)
    dweight = (delta @ columns(x, w, groups).mT).view_as(weight)
    # What each tap of each window contributes; the windows overlap, so contributions add up.
    taps = (_matrix(weight, groups).mT @ delta).view(x.shape[1], *w.kernel, images, *places)
    dx = overlap_add(taps, w, spatial)
    return dx, dweight, delta.sum(-1).flatten() if has_bias else None


def _matrix(weight: Tensor, groups: int) -> Tensor:
    """One row per output channel: (O, C/G, *K) -> (G, O/G, C/G |K|)."""
    return weight.reshape(groups, weight.shape[0] // groups, weight[0].numel())


def _check(x: Tensor, weight: Tensor, bias: Tensor | None, *, groups: int, axes: int) -> None:
    require(
        x.ndim == weight.ndim == axes + 2,
        f"x (N, C, ...) and weight (O, C/groups, ...) need {axes} spatial axes: x is {shape_of(x)}, "
        f"the weight {shape_of(weight)}",
    )
    channels, outputs = x.shape[1], weight.shape[0]
    require(
        groups >= 1 and channels % groups == 0 and outputs % groups == 0,
        f"groups={groups} must divide the {channels} channels of x {shape_of(x)} and the {outputs} of the weight "
        f"{shape_of(weight)}",
    )
    require(
        channels == groups * weight.shape[1],
        f"the weight {shape_of(weight)} with groups={groups} takes {groups * weight.shape[1]} channels, "
        f"x {shape_of(x)} has {channels}",
    )
    if bias is not None:
        require_shape("bias", bias, (outputs,))
