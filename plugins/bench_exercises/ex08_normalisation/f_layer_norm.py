"""8f: layer norm by hand, and what it shares with batch norm and what not."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import batch_norm, gradient_errors, layer_norm, layer_norm_backward
from bench.kit.compare import largest, max_error

from .by_hand import EPS, over_batch, over_features
from .f_invariances import invariances
from .problem import like, normal

SHAPE = (6, 3, 5, 4)


def study(lab: Lab) -> None:
    stream = lab.generator()
    x = 3 * normal(SHAPE, stream, like(lab)) + 2
    gamma, beta = normal((2, *SHAPE[1:]), stream, x)
    ours, _ = layer_norm(x, gamma, beta)
    lab.claim("layer norm by hand = torch", max_error(ours, torchs(x, gamma, beta)), at_most=1e-12)
    errors = gradient_errors(layer_norm, layer_norm_backward, (x, gamma, beta), reference=torchs)
    lab.claim("layer norm: gradients by hand = autograd", largest(errors.autograd), at_most=1e-12)
    lab.claim("layer norm: gradients by hand = central differences", largest(errors.differences), at_most=1e-6)
    others(lab, x)
    small_batches(lab)
    count = sum(p.numel() for p in nn.LayerNorm(SHAPE[1:]).parameters())
    lab.claim("layer norm: learned numbers 2CHW", count, equals=2 * SHAPE[1] * SHAPE[2] * SHAPE[3])
    invariances(lab)


def torchs(x: Tensor, gamma: Tensor, beta: Tensor) -> Tensor:
    return F.layer_norm(x, gamma.shape, gamma, beta)


def others(lab: Lab, x: Tensor) -> None:
    """What an example's output owes to the rest of the batch."""
    changed = torch.cat([x[:1], 2 * x[1:] - 1])
    by_layer, by_batch = (max_error(norm(changed)[0], norm(x)[0]) for norm in (over_features, over_batch))
    lab.claim("layer norm: other examples changed, this one moves by", by_layer, equals=0)
    lab.claim("batch norm: other examples changed, this one moves by", by_batch, at_least=0.01)
    alone = max_error(over_features(x[:1])[0], F.layer_norm(x, SHAPE[1:])[0])
    lab.claim("layer norm: a batch of one gives the same", alone, at_most=1e-12)


def small_batches(lab: Lab) -> None:
    """Of one value the mean is the value, and nothing is left of it; of two, little more than which is larger."""
    rows, (gamma, beta) = normal((4, 7), lab.generator(), like(lab)).split(2)
    twice = rows[:1].expand(2, -1)  # a batch whose examples are the same has the moments of a batch of one
    lab.claim(
        "batch norm, nothing but one example: the output is β",
        max_error(batch_norm(twice, gamma, beta)[0], beta.expand(2, -1)),
        at_most=1e-12,
    )
    half = (rows[0] - rows[1]) / 2
    signs = torch.stack([half, -half]) / torch.sqrt(half.square() + EPS)
    pair = batch_norm(rows, torch.ones_like(gamma), torch.zeros_like(beta))[0]
    lab.claim("batch norm, two rows a and b: x̂ = ±d/√(d² + ε), d = (a - b)/2", max_error(pair, signs), at_most=1e-12)
    apart = max_error(*(layer_norm(row, gamma, beta)[0] for row in rows))
    lab.claim("layer norm, batch of one: outputs of two inputs differ by", apart, at_least=0.1)
    lab.claim("torch refuses to train batch norm on one row", refuses(rows[:1]), equals=1)
    lab.claim("torch refuses two rows", refuses(rows), equals=0)


def refuses(x: Tensor) -> int:
    try:
        nn.BatchNorm1d(x.shape[1]).to(x)(x)
    except ValueError:
        return 1
    return 0
