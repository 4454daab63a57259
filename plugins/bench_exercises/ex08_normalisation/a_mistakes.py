"""8a, the classic mistakes: each computed as it would be made, and held against the claim that it should fail."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from bench import Mistake
from bench.kit.byhand import Running, batch_norm, gradient_errors
from bench.kit.byhand.norm import BatchNormSaved
from bench.kit.compare import largest, max_error

from .by_hand import EPS, over_batch, over_features

Inputs = tuple[Tensor, Tensor, Tensor]


def of_the_layer(values: Inputs, right: Tensor) -> tuple[Mistake, ...]:
    """The forward pass, with its output y (N, F) done right."""
    x, gamma, beta = values
    centred, variance = x - x.mean(0), x.var(0, correction=0)
    wrong = {
        "unbiased variance in the layer": gamma * centred / torch.sqrt(x.var(0) + EPS) + beta,
        "ε outside the root": gamma * centred / (torch.sqrt(variance) + EPS) + beta,
        "divided by the variance, no root": gamma * centred / (variance + EPS) + beta,
        "axis: statistics of every example": gamma * over_features(x) + beta,
        "order: γ and β before normalising": over_batch(gamma * x + beta),
    }
    return tuple(
        Mistake(name=name, fails="batch norm by hand = torch", value=max_error(y, right)) for name, y in wrong.items()
    )


def of_its_gradient(inputs: Inputs, reference: Callable[..., Tensor]) -> tuple[Mistake, ...]:
    """Ways back that lose something on the way."""

    def fails(name: str, sums: Callable[[Tensor, Tensor], Tensor]) -> Mistake:
        def backward(dy: Tensor, saved: BatchNormSaved) -> Inputs:
            scale = (saved.variance + saved.eps).rsqrt()
            hat = (saved.x - saved.mean) * scale
            return saved.weight * scale * (dy - sums(dy, hat)), (dy * hat).sum(0), dy.sum(0)

        errors = gradient_errors(batch_norm, backward, inputs, reference=reference)
        return Mistake(name=name, fails="batch norm: gradients by hand = autograd", value=largest(errors.autograd))

    return (
        fails("missing term: μ and σ² taken for constants", lambda dy, hat: 0 * dy),
        fails("missing term: the path through σ² forgotten", lambda dy, hat: dy.mean(0)),
        fails("factor: sums for means", lambda dy, hat: dy.sum(0) + hat * (dy * hat).sum(0)),
        fails("sign: x̂ mean(δ x̂) added", lambda dy, hat: dy.mean(0) - hat * (dy * hat).mean(0)),
    )


def biased(running: Running, saved: BatchNormSaved) -> Running:
    """The moving variance of the biased one, which the layer itself uses."""
    return Running(0.9 * running.mean + 0.1 * saved.mean, 0.9 * running.variance + 0.1 * saved.variance)


def reversed_momentum(running: Running, saved: BatchNormSaved) -> Running:
    """Momentum as optimisers mean it: the weight of what is old."""
    count = len(saved.x)
    unbiased = saved.variance * count / (count - 1)
    return Running(0.1 * running.mean + 0.9 * saved.mean, 0.1 * running.variance + 0.9 * unbiased)


def of_the_test(tested: Callable[..., Tensor], right: Tensor, forgotten: Tensor) -> tuple[Mistake, ...]:
    """Moving averages that follow wrongly, and ``forgotten``: the output where eval() is not called."""
    wrong = {
        "biased variance in the moving average": tested(follow=biased),
        "momentum for the old value": tested(follow=reversed_momentum),
        "eval() forgotten": forgotten,
    }
    name = "three batches, then a test: by hand = BatchNorm1d"
    return tuple(Mistake(name=slip, fails=name, value=max_error(y, right)) for slip, y in wrong.items())
