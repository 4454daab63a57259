"""ex03: Gradients through average and max pooling.

A convolution 2 -> 1 with kernel 2, then a pool with kernel 2 and stride 1; the loss is the distance between the
outputs for two data sets. Both models by hand, numerically and in PyTorch, and the general rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice

import torch
from torch import Tensor
from torch.nn import functional as F

from bench import Exercise, Lab, hookimpl

from . import collapse, models, pairs, rule, running, twin
from .problem import NORMS, POOLS, Filter

exercise = Exercise(tags=("theory", "convolution", "pooling"))


@exercise.study(
    "a", "Model 1, average pooling: by hand, numerically, one update", norm=tuple(NORMS), lr=1e-4, sigma=0.1
)
def average_model(lab: Lab, norm: str | tuple[str, ...], lr: float, sigma: float) -> None:
    """What both data sets share drops out of this model: it sees their difference alone."""
    models.record(lab, "average", models.several(norm), lr=lr, sigma=sigma)
    x, filters = models.data(lab), models.starts(lab, sigma, count=4)[0]
    collapse.claim_difference(lab, x, filters)
    collapse.claim_collapse(lab, x)
    collapse.claim_default_stride(lab, x, filters[0])


@exercise.study("b", "Model 2, max pooling: by hand, numerically, one update", norm=tuple(NORMS), lr=1e-4, sigma=0.1)
def max_model(lab: Lab, norm: str | tuple[str, ...], lr: float, sigma: float) -> None:
    models.record(lab, "max", models.several(norm), lr=lr, sigma=sigma)


@exercise.study("c", "The general rule of both pools, at many shapes")
def general_rule(lab: Lab) -> None:
    count = lab.pick(smoke=60, quick=200, full=1000)
    rule.claim_pools(lab, count)
    rule.claim_box(lab)
    rule.claim_whole_layer(lab, count // 2)


@exercise.study("c.edges", "Where there is no derivative: a tie, and identical data", sigma=0.1)
def edges(lab: Lab, sigma: float) -> None:
    x, first = models.data(lab), next(models.draws(lab, sigma))
    rule.claim_tie(lab, x)
    rule.claim_zero_difference(lab, x, first)


@exercise.comparison(
    "c.average", "Averages over long sequences, forward and backward", reference="avg_pool1d", kernel=(2, 16, 128)
)
def speed_of_averages(lab: Lab, kernel: int) -> Mapping[str, Callable[[], Mapping[str, Tensor]]]:
    x, dout = sequences(lab, kernel)
    ways = {
        "k shifted additions": running.mean_by_taps,
        "correlation with a box": running.mean_by_box,
        "cumulative sums": running.mean_by_sums,
    }
    return {
        "avg_pool1d": lambda: running.by_autograd(F.avg_pool1d, x, dout, kernel),
        **{name: partial(running.mean_and_back, mean, x, dout, kernel) for name, mean in ways.items()},
    }


@exercise.comparison(
    "c.max", "Maxima over long sequences, forward and backward", reference="max_pool1d", kernel=(2, 16, 128)
)
def speed_of_maxima(lab: Lab, kernel: int) -> Mapping[str, Callable[[], Mapping[str, Tensor]]]:
    x, dout = sequences(lab, kernel)
    return {
        "max_pool1d": lambda: running.by_autograd(F.max_pool1d, x, dout, kernel),
        "window by window": partial(running.maximum_and_back, running.maximum_by_windows, x, dout, kernel),
        "by doubling": partial(running.maximum_and_back, running.maximum, x, dout, kernel),
    }


def sequences(lab: Lab, kernel: int, rows: int = 16, length: int = 2048) -> tuple[Tensor, Tensor]:
    """x (rows, length), and a derivative of the shape of the pool's output."""
    if not 1 <= kernel <= length:
        raise ValueError(f"kernel must be from 1 to the length {length}, got {kernel}")
    generator = lab.generator()
    x, dout = (torch.randn(rows, size, generator=generator) for size in (length, length - kernel + 1))
    return x.to(lab.device, lab.dtype), dout.to(lab.device, lab.dtype)


@exercise.study("d", "Both models in PyTorch, and how close they come", norm=tuple(NORMS), lr=1e-4, sigma=0.1)
def in_pytorch(lab: Lab, norm: str | tuple[str, ...], lr: float, sigma: float) -> None:
    filters, _ = models.starts(lab, sigma, count=4)
    twin.claim_closeness(lab, models.data(lab), filters, norms=models.several(norm), lr=lr)
    twin.claim_any_draw(lab, models.data(lab), islice(models.draws(lab, sigma), 50), lr)


@exercise.comparison(
    "d.speed", "The gradient of the filter for many pairs of data", reference="autograd", pool=POOLS, pairs=(1, 4096)
)
def speed_of_gradients(lab: Lab, pool: str, pairs: int) -> Mapping[str, Callable[[], Tensor]]:
    """The sheet's two models, for one pair of data and for a batch."""
    generator = lab.generator()
    x1, x2, weight, bias = (
        torch.randn(shape, generator=generator).to(lab.device, lab.dtype)
        for shape in ((pairs, 2, 4), (pairs, 2, 4), (2, 2), (1,))
    )
    return many_pairs(x1, x2, Filter(weight, bias), pool)


def many_pairs(x1: Tensor, x2: Tensor, f: Filter, pool: str) -> Mapping[str, Callable[[], Tensor]]:
    variants: dict[str, Callable[[], Tensor]] = {"autograd": lambda: pairs.by_autograd(x1, x2, f, pool)}
    if pool == "max":
        return {**variants, "by hand": lambda: pairs.max_by_hand(x1, x2, f)}
    return {
        **variants,
        "by hand": lambda: pairs.average_by_hand(x1, x2, f),
        "by hand, the difference first": lambda: pairs.average_of_difference(x1, x2, f),
    }


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
