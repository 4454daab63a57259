"""ex03: Gradients through average and max pooling.

A convolution 2 -> 1 with kernel 2, then a pool with kernel 2 and stride 1; the loss is the distance between the
outputs for two data sets. Both models by hand, numerically and in PyTorch, and the general rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from bench import Exercise, Lab, by_profile, hookimpl, limited

from . import a_average, b_max, c_average, c_edges, c_max, c_rule, d_pytorch, d_speed
from .problem import NORMS, POOLS, SHEET_LR, several

exercise = Exercise(tags=("theory", "convolution", "pooling"))

CHOICES: dict[str, Any] = {
    "norm": limited(tuple(NORMS), one_of=tuple(NORMS)),
    "lr": limited(SHEET_LR, above=0),
    "sigma": limited(0.1, above=0),
}
"""The norms of out2 - out1 (the sheet's is the first), the rate, the deviation of the initial weights."""


@exercise.study("a", "Model 1, average pooling: by hand, numerically, one update", **CHOICES)
def average_model(lab: Lab, norm: str | tuple[str, ...], lr: float, sigma: float) -> None:
    a_average.study(lab, several(norm), lr=lr, sigma=sigma)


@exercise.study("b", "Model 2, max pooling: by hand, numerically, one update", **CHOICES)
def max_model(lab: Lab, norm: str | tuple[str, ...], lr: float, sigma: float) -> None:
    b_max.study(lab, several(norm), lr=lr, sigma=sigma)


@exercise.study("c", "The general rule of both pools, at many shapes")
def general_rule(lab: Lab) -> None:
    c_rule.study(lab)


@exercise.study("c.edges", "Where there is no derivative: a tie, and identical data", sigma=CHOICES["sigma"])
def edges(lab: Lab, sigma: float) -> None:
    c_edges.study(lab, sigma)


@exercise.comparison(
    "c.average", "Averages over long sequences, forward and backward", reference="avg_pool1d", kernel=(2, 16, 128)
)
def speed_of_averages(lab: Lab, kernel: int) -> Mapping[str, Callable[[], Mapping[str, Tensor]]]:
    return c_average.variants(lab, kernel)


@exercise.comparison(
    "c.max", "Maxima over long sequences, forward and backward", reference="max_pool1d", kernel=(2, 16, 128)
)
def speed_of_maxima(lab: Lab, kernel: int) -> Mapping[str, Callable[[], Mapping[str, Tensor]]]:
    return c_max.variants(lab, kernel)


@exercise.study(
    "d",
    "Both models in PyTorch, and how close they come",
    updates=limited(by_profile(smoke=100, quick=500, full=1000), at_least=1),
    **CHOICES,
)
def in_pytorch(lab: Lab, norm: str | tuple[str, ...], updates: int, **choices: float) -> None:
    d_pytorch.study(lab, several(norm), updates=updates, **choices)


@exercise.comparison(
    "d.speed", "The gradient of the filter for many pairs of data", reference="autograd", pool=POOLS, pairs=(1, 4096)
)
def speed_of_gradients(lab: Lab, pool: str, pairs: int) -> Mapping[str, Callable[[], Tensor]]:
    return d_speed.variants(lab, pool, pairs)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
