"""Losses: ``loss, saved = name(prediction, target)``, then ``(dprediction,) = name_backward(dloss, saved)``.

``reduction`` is "mean" (over all elements of the loss), "sum", or "none". dloss has the shape of the loss, or is a
number. Targets are constants: they get no gradient.
"""

from typing import Literal, NamedTuple

import torch
from torch import Tensor

from bench.kit.byhand.checks import require, require_shape, shape_of
from bench.kit.byhand.softmax import log_softmax

Reduction = Literal["mean", "sum", "none"]

LOG_FLOOR = -100.0
"""torch's floor for log p in the cross entropy of a probability: a loss stays finite where p is 0."""


class NLLSaved(NamedTuple):
    log_p: Tensor
    target: Tensor
    reduction: Reduction


class CrossEntropySaved(NamedTuple):
    log_p: Tensor
    target: Tensor
    reduction: Reduction


class MSESaved(NamedTuple):
    error: Tensor
    reduction: Reduction


class BCESaved(NamedTuple):
    p: Tensor
    target: Tensor
    reduction: Reduction


class BCEWithLogitsSaved(NamedTuple):
    x: Tensor
    target: Tensor
    reduction: Reduction


def nll(log_p: Tensor, target: Tensor, reduction: Reduction = "mean") -> tuple[Tensor, NLLSaved]:
    """loss[n] = -log_p[n, target[n]].

    Shapes: log_p (N, C) or (N, C, *S), target (N) or (N, *S) with whole numbers in [0, C). Raises ``ValueError`` for
    other targets.
    """
    _check_classes(log_p, target)
    return _reduce(_picked(log_p, target), reduction), NLLSaved(log_p, target, reduction)


def nll_backward(dloss: Tensor | float, saved: NLLSaved) -> tuple[Tensor]:
    """dlog_p = -dloss at the target, 0 elsewhere; divided by the number of targets for the mean."""
    log_p, target, reduction = saved
    share = _share(dloss, target, reduction, log_p)
    return (torch.zeros_like(log_p).scatter_(1, target.unsqueeze(1), -share.unsqueeze(1)),)


def cross_entropy(x: Tensor, target: Tensor, reduction: Reduction = "mean") -> tuple[Tensor, CrossEntropySaved]:
    """loss[n] = -log softmax(x[n])[target[n]]: log-softmax and ``nll`` in one. Shapes as there."""
    _check_classes(x, target)
    log_p, _ = log_softmax(x, dim=1)
    return _reduce(_picked(log_p, target), reduction), CrossEntropySaved(log_p, target, reduction)


def cross_entropy_backward(dloss: Tensor | float, saved: CrossEntropySaved) -> tuple[Tensor]:
    """dx = (softmax(x) - onehot(target)) dloss, divided by the number of targets for the mean.

    (Goodfellow, Bengio & Courville 2016, "Deep Learning", section 6.2.2.)
    """
    log_p, target, reduction = saved
    share = _share(dloss, target, reduction, log_p).unsqueeze(1)
    return ((log_p.exp() * share).scatter_add_(1, target.unsqueeze(1), -share),)


def mse(y: Tensor, target: Tensor, reduction: Reduction = "mean") -> tuple[Tensor, MSESaved]:
    """loss = (y - target)², element by element; the shapes must be equal."""
    require_shape("target", target, y.shape)
    error = y - target
    return _reduce(error.square(), reduction), MSESaved(error, reduction)


def mse_backward(dloss: Tensor | float, saved: MSESaved) -> tuple[Tensor]:
    """dy = 2 (y - target) dloss, divided by the number of elements for the mean."""
    error, reduction = saved
    return (2 * error * _share(dloss, error, reduction, error),)


def bce(p: Tensor, target: Tensor, reduction: Reduction = "mean") -> tuple[Tensor, BCESaved]:
    """loss = -(t log p + (1 - t) log(1 - p)) for probabilities p and targets t in [0, 1], of one shape.

    Logarithms are held at -100, as in torch. Raises ``ValueError`` for a p or a t that is no probability.
    """
    _check_probabilities(p=p, target=target)
    require_shape("target", target, p.shape)
    # log1p(-p), for 1 - p would round a small p away.
    log_p, log_q = p.log().clamp(min=LOG_FLOOR), (-p).log1p().clamp(min=LOG_FLOOR)
    return _reduce(-(target * log_p + (1 - target) * log_q), reduction), BCESaved(p, target, reduction)


def bce_backward(dloss: Tensor | float, saved: BCESaved) -> tuple[Tensor]:
    """dp = (p - t) / (p (1 - p)) dloss, the denominator held above 1e-12 as in torch; divided by the number of
    elements for the mean."""
    p, target, reduction = saved
    slope = (p - target) / (p * (1 - p)).clamp(min=1e-12)
    return (slope * _share(dloss, p, reduction, p),)


def bce_with_logits(x: Tensor, target: Tensor, reduction: Reduction = "mean") -> tuple[Tensor, BCEWithLogitsSaved]:
    """``bce`` of sigmoid(x), stable: loss = max(x, 0) - t x + log(1 + exp(-|x|)). Shapes and errors as there."""
    _check_probabilities(target=target)
    require_shape("target", target, x.shape)
    # The exponent is never positive: exp(-|x|) cannot overflow.
    each = x.clamp(min=0) - target * x + (-x.abs()).exp().log1p()
    return _reduce(each, reduction), BCEWithLogitsSaved(x, target, reduction)


def bce_with_logits_backward(dloss: Tensor | float, saved: BCEWithLogitsSaved) -> tuple[Tensor]:
    """dx = (sigmoid(x) - t) dloss, divided by the number of elements for the mean."""
    x, target, reduction = saved
    return ((torch.sigmoid(x) - target) * _share(dloss, x, reduction, x),)


def _picked(log_p: Tensor, target: Tensor) -> Tensor:
    """-log p of each target: (N, *S)."""
    return -log_p.gather(1, target.unsqueeze(1)).squeeze(1)


def _reduce(each: Tensor, reduction: Reduction) -> Tensor:
    require(reduction in ("mean", "sum", "none"), f"reduction={reduction!r} must be mean, sum or none")
    if reduction == "none":
        return each
    return each.mean() if reduction == "mean" else each.sum()


def _share(dloss: Tensor | float, each: Tensor, reduction: Reduction, like: Tensor) -> Tensor:
    """The gradient that reaches every element of the loss, in the shape of ``each`` and the dtype of ``like``."""
    gradient = torch.as_tensor(dloss, dtype=like.dtype, device=like.device)
    if gradient.ndim or reduction == "none":
        require_shape("dloss", gradient, each.shape if reduction == "none" else ())
    if reduction == "mean":
        gradient = gradient / each.numel()
    return gradient.expand(each.shape)


def _check_classes(scores: Tensor, target: Tensor) -> None:
    require(scores.ndim >= 2, f"scores must have the shape (N, C, ...), got {shape_of(scores)}")
    require_shape("target", target, (scores.shape[0], *scores.shape[2:]))
    require(target.dtype == torch.int64, f"targets are class indices, int64, got {target.dtype}")
    if target.numel():
        lowest, highest = int(target.min()), int(target.max())
        require(
            lowest >= 0 and highest < scores.shape[1],
            f"targets run from {lowest} to {highest}, but scores {shape_of(scores)} have {scores.shape[1]} classes",
        )


def _check_probabilities(**values: Tensor) -> None:
    for name, value in values.items():
        inside = bool(((value >= 0) & (value <= 1)).all())
        require(inside, f"{name} {shape_of(value)} must lie in [0, 1]")
