"""8c: batch norm at test time: constants instead of the batch, and therefore an affine map that can be folded away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bench import Lab
from bench.kit.byhand import Running, batch_norm, batch_norm_eval, running_statistics
from bench.kit.compare import largest

from .by_hand import EPS, gap, normal


@dataclass(frozen=True, slots=True)
class Norm:
    """A batch norm that has been trained: γ, β, and the moving averages, (C) each."""

    weight: Tensor
    bias: Tensor
    running: Running

    @classmethod
    def draw(cls, channels: int, stream: torch.Generator, like: Tensor) -> Norm:
        weight, bias, mean, spread = (normal((channels,), stream, like) for _ in range(4))
        return cls(weight, bias, Running(mean, 0.5 + spread.square()))

    @property
    def scale(self) -> Tensor:
        """γ / √(v + ε)."""
        return self.weight * (self.running.variance + EPS).rsqrt()


def fold(weight: Tensor, bias: Tensor, norm: Norm) -> tuple[Tensor, Tensor]:
    """W' = W γ / √(v + ε) and b' = (b - m) γ / √(v + ε) + β, per output channel; W is (out, …), a linear layer's or a
    convolution's. Raises ``ValueError`` where the norm has another number of channels."""
    if len(weight) != len(norm.weight):
        raise ValueError(f"a layer of {len(weight)} outputs and a norm of {len(norm.weight)} channels do not fit")
    scale = norm.scale
    return weight * scale.view(-1, *(1,) * (weight.ndim - 1)), (bias - norm.running.mean) * scale + norm.bias


def at_test(lab: Lab) -> None:
    stream, like = lab.generator(), torch.zeros((), device=lab.device, dtype=lab.dtype)
    x, norm = 2 * normal((32, 5), stream, like) + 1, Norm.draw(5, stream, like)
    moving_averages(lab, x)
    others = torch.cat([x[:1], normal((31, 5), stream, like)])
    train = [batch_norm(batch, norm.weight, norm.bias)[0][0] for batch in (x, others)]
    test = [batch_norm_eval(batch, norm.weight, norm.bias, norm.running)[0][0] for batch in (x, others)]
    alone = batch_norm_eval(x[:1], norm.weight, norm.bias, norm.running)[0][0]
    lab.claim("test mode: other examples changed, this one's output moves by", gap(*test), equals=0)
    lab.claim("test mode: a batch of one gives the same", gap(alone, test[0]), equals=0)
    lab.claim("control: in training mode the output moves by", gap(*train), at_least=0.01)
    affine(lab, norm, stream, like)
    whole_training_set(lab, stream, like)


def moving_averages(lab: Lab, x: Tensor) -> None:
    """One step from the fresh state (0, 1), with momentum 0.1 as the weight of what is new."""
    zero, one = torch.zeros_like(x[0]), torch.ones_like(x[0])
    found = running_statistics(Running(zero, one), batch_norm(x, one, zero)[1])
    layer = nn.BatchNorm1d(x.shape[1]).to(x)
    layer(x)
    lab.claim(
        "running variance after a step = 0.9 + 0.1 s², s² unbiased",
        gap(found.variance, 0.9 + 0.1 * x.var(0)),
        at_most=1e-12,
    )
    lab.claim("running mean after a step = 0.1 μ", gap(found.mean, 0.1 * x.mean(0)), at_most=1e-12)
    mean, variance = (layer.get_buffer(f"running_{name}") for name in ("mean", "var"))
    theirs = largest(gap(found.mean, mean), gap(found.variance, variance))
    lab.claim("moving averages by hand = torch", theirs, at_most=1e-12)
    biased = 0.9 + 0.1 * x.var(0, correction=0)
    lab.claim("control: with the biased variance they differ by", gap(biased, variance), at_least=1e-3)
    out, _ = batch_norm(x, one, zero, eps=0.0)
    off = gap(out.var(0, correction=0), one)
    lab.claim("the batch itself is normalised with the biased variance: off by", off, at_most=1e-12)


def affine(lab: Lab, norm: Norm, stream: torch.Generator, like: Tensor) -> None:
    """Folding into a linear layer and into a convolution."""
    weight, bias, x = (normal(shape, stream, like) for shape in ((5, 7), (5,), (9, 7)))
    separate = batch_norm_eval(F.linear(x, weight, bias), norm.weight, norm.bias, norm.running)[0]
    lab.claim(
        "folded into a linear layer: same output", gap(F.linear(x, *fold(weight, bias, norm)), separate), at_most=1e-12
    )
    kernel, maps = normal((5, 3, 3, 3), stream, like), normal((2, 3, 8, 8), stream, like)
    separate = batch_norm_eval(F.conv2d(maps, kernel, bias), norm.weight, norm.bias, norm.running)[0]
    lab.claim(
        "folded into a convolution: same output",
        gap(F.conv2d(maps, *fold(kernel, bias, norm)), separate),
        at_most=1e-12,
    )
    batch = batch_norm(F.linear(x, weight, bias), norm.weight, norm.bias)[0]
    wrong = gap(F.linear(x, *fold(weight, bias, norm)), batch)
    lab.claim("control: in training mode there is no such layer, off by", wrong, at_least=0.01)


def whole_training_set(lab: Lab, stream: torch.Generator, like: Tensor) -> None:
    """The paper's way: a pass over the training set. Moving averages come near it."""
    x = 2 * normal((200, 64, 3), stream, like) + 1
    one, zero = torch.ones_like(x[0, 0]), torch.zeros_like(x[0, 0])
    running, errors = Running(zero, one), []
    truth = x.flatten(0, 1).var(0)
    for batch in x:
        running = running_statistics(running, batch_norm(batch, one, zero)[1])
        errors.append(float(((running.variance - truth) / truth).abs().max()))
    lab.curve(
        "Moving variance against that of the whole training set",
        range(1, len(errors) + 1),
        errors,
        x_label="step",
        y_label="relative difference, worst of 3 features",
        scale="log-y",
    )
    lab.claim("moving variance after 200 batches: relative difference", errors[-1], at_most=0.3)
    lab.claim("moving variance after the first batch: relative difference", errors[0], at_least=0.5)


def fused(lab: Lab, channels: int, side: int) -> dict[str, Callable[[], Tensor]]:
    """Convolution and batch norm in evaluation mode, two layers or one; folding is done before the clock starts."""
    stream, like = lab.generator(), torch.zeros((), device=lab.device, dtype=lab.dtype)
    maps, kernel, bias = (
        normal(shape, stream, like) for shape in ((16, channels, side, side), (channels, channels, 3, 3), (channels,))
    )
    kernel = kernel / (9 * channels) ** 0.5
    norm = Norm.draw(channels, stream, like)
    folded = fold(kernel, bias, norm)
    m, v = norm.running

    def separate() -> Tensor:
        z = F.conv2d(maps, kernel, bias, padding=1)
        return F.batch_norm(z, m, v, weight=norm.weight, bias=norm.bias, training=False, eps=EPS)

    def by_hand() -> Tensor:
        z = F.conv2d(maps, kernel, bias, padding=1)
        return batch_norm_eval(z, norm.weight, norm.bias, norm.running)[0]

    return {
        "convolution, batch norm": separate,
        "convolution, batch norm by hand": by_hand,
        "folded": lambda: F.conv2d(maps, *folded, padding=1),
    }
