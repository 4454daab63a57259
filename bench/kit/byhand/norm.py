"""Batch and layer normalisation: x̂ = (x - μ) / √(σ² + ε), y = γ x̂ + β, with γ, β called weight and bias.

They differ in the values that one mean μ and one variance σ² (biased: divided by their number) are taken over.
Where μ and σ² are computed from x, they carry gradient too; with g = dy γ and means over the same values,

    dx = (g - mean(g) - x̂ mean(g x̂)) / √(σ² + ε)

In batch norm γ is one number over those values and comes out of the means: dx = γ (dy - dβ/m - x̂ dγ/m) / √(σ² + ε)
for m values, with dβ = Σ dy and dγ = Σ dy x̂.
(Ioffe & Szegedy 2015, "Batch normalization", section 3; Ba, Kiros & Hinton 2016, "Layer normalization").
"""

from typing import NamedTuple

from torch import Tensor

from bench.kit.byhand.checks import require, require_shape, shape_of


class BatchNormSaved(NamedTuple):
    x: Tensor
    weight: Tensor
    mean: Tensor
    variance: Tensor
    """Of the batch, biased: (C)."""
    eps: float


class BatchNormEvalSaved(NamedTuple):
    x: Tensor
    weight: Tensor
    mean: Tensor
    variance: Tensor
    eps: float


class LayerNormSaved(NamedTuple):
    x: Tensor
    weight: Tensor
    mean: Tensor
    variance: Tensor
    eps: float


class Running(NamedTuple):
    """Moving averages of what the batches had: (C) each. A fresh one is zeros and ones."""

    mean: Tensor
    variance: Tensor


def batch_norm(x: Tensor, weight: Tensor, bias: Tensor, *, eps: float = 1e-5) -> tuple[Tensor, BatchNormSaved]:
    """Train mode: μ and σ² of each channel over the batch and all positions.

    Shapes: x (N, C), (N, C, L) or (N, C, H, W), weight and bias (C), y as x. Raises ``ValueError`` unless a
    channel has two values or more: of one alone, x̂ is 0 whatever x is.
    """
    _check_channels(x, weight=weight, bias=bias)
    axes = _all_but_channels(x)
    require(
        x.numel() > x.shape[1],
        f"batch norm in train mode needs more than one value per channel, x {shape_of(x)} has "
        f"{x.numel() // x.shape[1]}: use a larger batch, or batch_norm_eval",
    )
    mean = x.mean(axes)
    centred = x - _per_channel(mean, x)
    variance = centred.square().mean(axes)
    y = centred * _per_channel(weight * (variance + eps).rsqrt(), x) + _per_channel(bias, x)
    return y, BatchNormSaved(x=x, weight=weight, mean=mean, variance=variance, eps=eps)


def batch_norm_backward(dy: Tensor, saved: BatchNormSaved) -> tuple[Tensor, Tensor, Tensor]:
    """(dx, dγ, dβ): dγ = Σ dy x̂ and dβ = Σ dy over the m values of a channel, dx by the module's last formula."""
    x, weight, mean, variance, eps = saved
    require_shape("dy", dy, x.shape)
    axes = _all_but_channels(x)
    # Computed anew: to keep x̂ as well as x would be another tensor of x's size.
    normalised = _normalised(x, mean, variance, eps)
    dweight, dbias = (dy * normalised).sum(axes), dy.sum(axes)
    count = x.numel() // x.shape[1]
    remaining = dy - _per_channel(dbias / count, x) - normalised * _per_channel(dweight / count, x)
    return remaining * _per_channel(weight * (variance + eps).rsqrt(), x), dweight, dbias


def running_statistics(running: Running, saved: BatchNormSaved, *, momentum: float = 0.1) -> Running:
    """The moving averages after one more batch: (1 - momentum) old + momentum new; nothing is changed in place.

    The new variance is the *unbiased* one, m / (m - 1) σ² for m values, though the batch itself is normalised with the
    biased one (Ioffe & Szegedy 2015, algorithm 2; so in torch).
    """
    count = saved.x.numel() // saved.x.shape[1]
    unbiased = saved.variance * count / (count - 1)
    return Running(
        (1 - momentum) * running.mean + momentum * saved.mean,
        (1 - momentum) * running.variance + momentum * unbiased,
    )


def batch_norm_eval(
    x: Tensor, weight: Tensor, bias: Tensor, running: Running, *, eps: float = 1e-5
) -> tuple[Tensor, BatchNormEvalSaved]:
    """Evaluation: μ and σ² are the moving averages, constants. Shapes as in ``batch_norm``; a batch of one will do."""
    _check_channels(x, weight=weight, bias=bias, mean=running.mean, variance=running.variance)
    y = _normalised(x, *running, eps) * _per_channel(weight, x) + _per_channel(bias, x)
    return y, BatchNormEvalSaved(x=x, weight=weight, mean=running.mean, variance=running.variance, eps=eps)


def batch_norm_eval_backward(dy: Tensor, saved: BatchNormEvalSaved) -> tuple[Tensor, Tensor, Tensor]:
    """(dx, dγ, dβ) = (dy γ / √(σ² + ε), Σ dy x̂, Σ dy): nothing flows through constants."""
    x, weight, mean, variance, eps = saved
    require_shape("dy", dy, x.shape)
    axes = _all_but_channels(x)
    dx = dy * _per_channel(weight * (variance + eps).rsqrt(), x)
    return dx, (dy * _normalised(x, mean, variance, eps)).sum(axes), dy.sum(axes)


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor, *, eps: float = 1e-5) -> tuple[Tensor, LayerNormSaved]:
    """μ and σ² of each example over the last axes of x, as many as the weight has; the batch plays no part.

    Shapes: x (..., *F), weight and bias (*F), y as x. Raises ``ValueError`` where x does not end in F.
    """
    features = tuple(weight.shape)
    require(
        weight.ndim >= 1 and tuple(x.shape[-weight.ndim :]) == features,
        f"x {shape_of(x)} must end in the shape of the weight {shape_of(weight)}",
    )
    require_shape("bias", bias, features)
    axes = _last(weight)
    mean = x.mean(axes, keepdim=True)
    centred = x - mean
    variance = centred.square().mean(axes, keepdim=True)
    y = centred * (variance + eps).rsqrt() * weight + bias
    return y, LayerNormSaved(x=x, weight=weight, mean=mean, variance=variance, eps=eps)


def layer_norm_backward(dy: Tensor, saved: LayerNormSaved) -> tuple[Tensor, Tensor, Tensor]:
    """(dx, dγ, dβ): dx as in the module's formula, dγ = Σ dy x̂, dβ = Σ dy over the examples."""
    x, weight, mean, variance, eps = saved
    require_shape("dy", dy, x.shape)
    axes = _last(weight)
    scale = (variance + eps).rsqrt()
    normalised = (x - mean) * scale
    g = dy * weight
    dx = (g - g.mean(axes, keepdim=True) - normalised * (g * normalised).mean(axes, keepdim=True)) * scale
    examples = (-1, *weight.shape)
    return dx, (dy * normalised).reshape(examples).sum(0), dy.reshape(examples).sum(0)


def _normalised(x: Tensor, mean: Tensor, variance: Tensor, eps: float) -> Tensor:
    """x̂ of each channel."""
    return (x - _per_channel(mean, x)) * _per_channel((variance + eps).rsqrt(), x)


def _per_channel(values: Tensor, x: Tensor) -> Tensor:
    """(C) -> (C, 1, ...), so that it broadcasts over x (N, C, ...)."""
    return values.view(-1, *(1,) * (x.ndim - 2))


def _all_but_channels(x: Tensor) -> tuple[int, ...]:
    return (0, *range(2, x.ndim))


def _last(weight: Tensor) -> tuple[int, ...]:
    return tuple(range(-weight.ndim, 0))


def _check_channels(x: Tensor, **per_channel: Tensor) -> None:
    require(x.ndim >= 2, f"x must have the shape (N, C, ...), got {shape_of(x)}")
    for name, values in per_channel.items():
        require_shape(name, values, x.shape[1:2])
