"""8a: the layer by hand, its gradients, and what it does not see: the scale of the weights below it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab, break_it
from bench.kit.byhand import Running, batch_norm, batch_norm_eval, gradient_errors, running_statistics
from bench.kit.byhand import batch_norm_backward as backward
from bench.kit.compare import largest, max_error

from . import a_mistakes
from .by_hand import over_batch
from .problem import like, normal

Follow = Callable[..., Running]


class Values(NamedTuple):
    """Inputs x (N, F), far from mean 0 and variance 1; γ and β (F)."""

    x: Tensor
    gamma: Tensor
    beta: Tensor


def study(lab: Lab) -> None:
    stream, zero = lab.generator(), like(lab)
    z, gamma, beta = (normal(shape, stream, zero) for shape in ((64, 6), (6,), (6,)))
    values = Values(3 * z + 5, gamma, beta)
    right = torchs(*values)
    y, _ = batch_norm(*values)
    lab.claim("batch norm by hand = torch", max_error(y, right), at_most=1e-12)
    lab.claim("every feature's mean is β", max_error(y.mean(0), beta), at_most=1e-12)
    errors = gradient_errors(batch_norm, backward, (z, gamma, beta), reference=torchs)
    lab.claim("batch norm: gradients by hand = autograd", largest(errors.autograd), at_most=1e-12)
    lab.claim("batch norm: gradients by hand = central differences", largest(errors.differences), at_most=1e-6)
    blind(lab, z, stream)
    batches = [scale * normal((16, 6), stream, zero) + scale for scale in (1, 2, 3)]
    expected = torch_then_tested(batches, values)
    tested = max_error(then_tested(batches, values), expected)
    lab.claim("three batches, then a test: by hand = BatchNorm1d", tested, at_most=1e-12)
    break_it(
        lab,
        *a_mistakes.of_the_layer(values, right),
        *a_mistakes.of_its_gradient((z, gamma, beta), torchs),
        *a_mistakes.of_the_test(partial(then_tested, batches, values), expected, right),
    )


def torchs(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return F.batch_norm(x, None, None, weight=gamma, bias=beta, training=True)


def blind(lab: Lab, x: Tensor, stream: torch.Generator) -> None:
    """What is lost in the layer: scale and bias of what it is given, and so the scale of the weights below."""
    one, zero = torch.ones_like(x[0]), torch.zeros_like(x[0])
    scaled = max_error(batch_norm(1000 * x, one, zero, eps=0)[0], over_batch(x, 0))
    lab.claim("ε = 0: BN(1000 x) = BN(x)", scaled, at_most=1e-10)
    moved = max_error(batch_norm(x + 7, one, zero)[0], torchs(x, one, zero))
    lab.claim("BN(x + 7) = BN(x): a bias below it is lost", moved, at_most=1e-10)
    weight, upstream = normal((6, 6), stream, x), normal((64, 6), stream, x)
    small, large = (weight_gradient(x, scale * weight, upstream) for scale in (1, 10))
    lab.claim("weights 10 times as large: the gradient is a tenth", max_error(10 * large, small), at_most=1e-10)
    along = (weight * small).sum(0)
    lab.claim("no gradient along the weights themselves", max_error(along, torch.zeros_like(along)), at_most=1e-10)


def weight_gradient(x: Tensor, weight: Tensor, upstream: Tensor) -> Tensor:
    """d/dW of Σ upstream · BN(x W), ε = 0, by hand: xᵀ times what batch norm hands down."""
    one, zero = torch.ones_like(x[0]), torch.zeros_like(x[0])
    _, saved = batch_norm(x @ weight, one, zero, eps=0)
    return x.T @ backward(upstream, saved)[0]


def then_tested(batches: list[Tensor], values: Values, *, follow: Follow = running_statistics) -> Tensor:
    """The output for x in test mode, after the moving averages have followed the batches."""
    running = Running(torch.zeros_like(values.gamma), torch.ones_like(values.gamma))
    for batch in batches:
        running = follow(running, batch_norm(batch, values.gamma, values.beta)[1])
    return batch_norm_eval(*values, running)[0]


def torch_then_tested(batches: list[Tensor], values: Values) -> Tensor:
    layer = nn.BatchNorm1d(len(values.gamma)).to(values.x)
    with torch.no_grad():
        layer.weight.copy_(values.gamma)
        layer.bias.copy_(values.beta)
        for batch in batches:
            layer(batch)
        tested: Tensor = layer.eval()(values.x)
    return tested
