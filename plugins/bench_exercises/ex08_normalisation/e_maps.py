"""8e: batch norm on a tensor (N, C, H, W)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import batch_norm, batch_norm_backward, gradient_errors
from bench.kit.compare import largest, max_error

from .by_hand import EPS, normalise, over_batch
from .problem import like, normal

SHAPE = (6, 3, 5, 4)


def study(lab: Lab) -> None:
    stream = lab.generator()
    x = 3 * normal(SHAPE, stream, like(lab)) + 2
    layer = nn.BatchNorm2d(SHAPE[1]).to(x)
    theirs = layer(x)
    statistics(lab, x, theirs)
    lab.claim("maps: learned numbers 2C", sum(p.numel() for p in layer.parameters()), equals=2 * SHAPE[1])
    running = [layer.get_buffer(f"running_{name}") for name in ("mean", "var")]
    lab.claim("maps: running numbers 2C", sum(b.numel() for b in running), equals=2 * SHAPE[1])
    count = x.numel() // SHAPE[1]
    unbiased = 0.9 + 0.1 * x.var((0, 2, 3), correction=0) * count / (count - 1)
    lab.claim("maps: running variance counts N·H·W values", max_error(running[1], unbiased), at_most=1e-12)
    gamma, beta = normal((2, SHAPE[1]), stream, x)
    errors = gradient_errors(
        batch_norm,
        batch_norm_backward,
        (x, gamma, beta),
        reference=lambda x, weight, bias: F.batch_norm(x, None, None, weight=weight, bias=bias, training=True),
    )
    lab.claim("maps: gradients by hand = autograd", largest(errors.autograd), at_most=1e-12)
    equivariance(lab, x, stream)


def statistics(lab: Lab, x: Tensor, theirs: Tensor) -> None:
    count, channels, height, width = x.shape
    ours = over_batch(x)
    lab.claim("statistics over N, H, W = BatchNorm2d", max_error(ours, theirs), at_most=1e-12)
    rows = x.movedim(1, -1).reshape(-1, channels)
    as_rows = nn.BatchNorm1d(channels).to(x)(rows).view(count, height, width, channels).movedim(-1, 1)
    lab.claim("maps: BatchNorm1d on all N·H·W pixels gives the same", max_error(as_rows, theirs), at_most=1e-12)
    mean, variance = (x.transpose(0, 1).flatten(1).mean(1), x.transpose(0, 1).flatten(1).var(1, correction=0))
    lab.claim("maps: every channel's mean is 0", max_error(ours.mean((0, 2, 3)), 0 * mean), at_most=1e-12)
    off = max_error(ours.var((0, 2, 3), correction=0), variance / (variance + EPS))
    lab.claim("maps: every channel's variance is σ² / (σ² + ε)", off, at_most=1e-12)


def equivariance(lab: Lab, x: Tensor, stream: torch.Generator) -> None:
    """Pictures shifted around their borders, through a convolution that closes around them too, then batch norm by
    hand: the output is PyTorch's for the pictures where they were, shifted. With statistics per position it is not."""
    kernel = normal((4, SHAPE[1], 3, 3), stream, x)
    moves = [(3 * n) % x.shape[-1] for n in range(len(x))]  # every picture by another distance

    def shifted(y: Tensor) -> Tensor:
        return torch.stack([one.roll(move, -1) for one, move in zip(y, moves, strict=True)])

    def convolved(y: Tensor) -> Tensor:
        return F.conv2d(F.pad(y, (1, 1, 1, 1), mode="circular"), kernel)

    theirs = F.batch_norm(convolved(x), None, None, training=True)
    one, zero = torch.ones_like(theirs[0, :, 0, 0]), torch.zeros_like(theirs[0, :, 0, 0])
    ours = batch_norm(convolved(shifted(x)), one, zero)[0]
    lab.claim("shifting some pictures shifts their outputs", max_error(ours, shifted(theirs)), at_most=1e-12)
    wrong = max_error(normalise(convolved(shifted(x)), (0,)), shifted(normalise(convolved(x), (0,))))
    lab.claim("control: statistics per position break this, by", wrong, at_least=0.1)
