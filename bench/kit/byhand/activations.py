"""Activations, element by element: y = f(x) and dx = dy f'(x), all of one shape."""

from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand.checks import require_shape


class ReLUSaved(NamedTuple):
    positive: Tensor


class LeakyReLUSaved(NamedTuple):
    positive: Tensor
    slope: float


class SigmoidSaved(NamedTuple):
    y: Tensor


class TanhSaved(NamedTuple):
    y: Tensor


def relu(x: Tensor) -> tuple[Tensor, ReLUSaved]:
    """y = max(x, 0)."""
    return x.clamp(min=0), ReLUSaved(x > 0)


def relu_backward(dy: Tensor, saved: ReLUSaved) -> tuple[Tensor]:
    """dx = dy where x > 0, else 0; at the kink, x = 0, the subgradient 0 as in torch."""
    require_shape("dy", dy, saved.positive.shape)
    return (torch.where(saved.positive, dy, 0),)


def leaky_relu(x: Tensor, slope: float = 0.01) -> tuple[Tensor, LeakyReLUSaved]:
    """y = x where x > 0, else slope · x (Maas, Hannun & Ng 2013)."""
    positive = x > 0
    return torch.where(positive, x, slope * x), LeakyReLUSaved(positive, slope)


def leaky_relu_backward(dy: Tensor, saved: LeakyReLUSaved) -> tuple[Tensor]:
    """dx = dy where x > 0, else slope · dy; at x = 0 the slope, as in torch."""
    require_shape("dy", dy, saved.positive.shape)
    return (torch.where(saved.positive, dy, saved.slope * dy),)


def sigmoid(x: Tensor) -> tuple[Tensor, SigmoidSaved]:
    """y = 1 / (1 + exp(-x))."""
    y = torch.sigmoid(x)
    return y, SigmoidSaved(y)


def sigmoid_backward(dy: Tensor, saved: SigmoidSaved) -> tuple[Tensor]:
    """dx = dy y (1 - y)."""
    require_shape("dy", dy, saved.y.shape)
    return (dy * saved.y * (1 - saved.y),)


def tanh(x: Tensor) -> tuple[Tensor, TanhSaved]:
    """y = tanh(x)."""
    y = torch.tanh(x)
    return y, TanhSaved(y)


def tanh_backward(dy: Tensor, saved: TanhSaved) -> tuple[Tensor]:
    """dx = dy (1 - y²)."""
    require_shape("dy", dy, saved.y.shape)
    return (dy * (1 - saved.y.square()),)
