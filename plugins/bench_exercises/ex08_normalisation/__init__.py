"""ex08: Batch norm, layer norm, maxout, and dropout in convolutional networks.

Every normalisation by hand is one formula over different axes (``axes``); its gradients are those of
``bench.kit.byhand``, held against autograd and differences. One module for each subject of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl

from . import advantages, channels, maps, order, population, ranking, universal

exercise = Exercise(tags=("theory", "normalisation", "regularisation", "by hand"))

Calls = dict[str, Callable[[], Tensor]]


@exercise.study("a", "Batch norm: the layer, its gradients, and what it does not see")
def the_layer(lab: Lab) -> None:
    advantages.layer(lab)


@exercise.study("a.rates", "Advantage 1: higher learning rates")
def higher_rates(lab: Lab) -> None:
    advantages.higher_rates(lab)


@exercise.study("a.initial", "Advantage 2: initial weights matter less")
def any_initial_weights(lab: Lab) -> None:
    advantages.any_initial_weights(lab)


@exercise.study("a.saturating", "Advantage 3: deep networks of saturating activations learn")
def saturating(lab: Lab) -> None:
    advantages.saturating(lab)


@exercise.study("a.noise", "Advantage 4: it regularises, because a batch is a random sample")
def batch_noise(lab: Lab) -> None:
    advantages.batch_noise(lab)


@exercise.study("a.shift", "Internal covariate shift: how far the inputs of a layer move")
def covariate_shift(lab: Lab) -> None:
    advantages.drift(lab)


@exercise.study("b", "Dropout before batch norm shifts the variance between training and test")
def variance_shift(lab: Lab) -> None:
    order.variance_shift(lab)


@exercise.study("b.activation", "Before or after the activation: what batch norm meets")
def around_activation(lab: Lab) -> None:
    order.around_activation(lab)


@exercise.study("b.ranking", "Five orders trained on digits")
def orders_trained(lab: Lab) -> None:
    ranking.ranking(lab)


@exercise.study("c", "Batch norm at test time: constants, moving averages, folding")
def at_test(lab: Lab) -> None:
    population.at_test(lab)


@exercise.comparison(
    "c.speed",
    "What folding saves in evaluation",
    reference="convolution, batch norm",
    work=lambda channels, side: Work(16, "images"),
    channels=(16, 64),
    side=16,
)
def folding(lab: Lab, channels: int, side: int) -> Calls:
    return population.fused(lab, channels, side)


@exercise.study("d", "Two maxout units on a line: error against pieces")
def two_units(lab: Lab) -> None:
    universal.on_a_line(lab)


@exercise.study("d.plane", "Two maxout units on a plane: error against planes")
def two_units_on_a_plane(lab: Lab) -> None:
    universal.on_a_plane(lab)


@exercise.study("d.single", "One maxout unit is convex, and that is not enough")
def single_unit(lab: Lab) -> None:
    universal.one_unit(lab)


@exercise.study("e", "Batch norm of (N, C, H, W): one mean and one variance per channel")
def on_maps(lab: Lab) -> None:
    maps.on_maps(lab)


@exercise.study("f", "Layer norm against batch norm")
def layer_against_batch(lab: Lab) -> None:
    maps.layer_against_batch(lab)


@exercise.comparison(
    "f.speed",
    "Layer norm: by hand against native",
    reference="native",
    work=lambda features: Work(256 * features, "values"),
    features=(64, 1024),
)
def layer_norm_speed(lab: Lab, features: int) -> Calls:
    return maps.layer_norm_ways(lab, features)


@exercise.study("g", "Dropout on convolutions: single values or whole channels")
def dropout_on_maps(lab: Lab) -> None:
    channels.on_convolutions(lab)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
