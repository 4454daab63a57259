"""Softmax and its logarithm over one axis, stable for any size of the logits."""

from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand.checks import require_shape


class SoftmaxSaved(NamedTuple):
    y: Tensor
    dim: int


class LogSoftmaxSaved(NamedTuple):
    y: Tensor
    dim: int


def softmax(x: Tensor, dim: int = -1) -> tuple[Tensor, SoftmaxSaved]:
    """y = exp(x) / Σ exp(x): the largest x is taken off first, which changes nothing but the overflow."""
    exponential = (x - x.amax(dim, keepdim=True)).exp()
    y = exponential / exponential.sum(dim, keepdim=True)
    return y, SoftmaxSaved(y, dim)


def softmax_backward(dy: Tensor, saved: SoftmaxSaved) -> tuple[Tensor]:
    """dx = y (dy - Σ dy y): the Jacobian is diag(y) - y yᵀ."""
    y, dim = saved
    require_shape("dy", dy, y.shape)
    return (y * (dy - (dy * y).sum(dim, keepdim=True)),)


def log_softmax(x: Tensor, dim: int = -1) -> tuple[Tensor, LogSoftmaxSaved]:
    """y = x - log Σ exp(x)."""
    y = x - torch.logsumexp(x, dim, keepdim=True)
    return y, LogSoftmaxSaved(y, dim)


def log_softmax_backward(dy: Tensor, saved: LogSoftmaxSaved) -> tuple[Tensor]:
    """dx = dy - exp(y) Σ dy."""
    y, dim = saved
    require_shape("dy", dy, y.shape)
    return (dy - y.exp() * dy.sum(dim, keepdim=True),)
