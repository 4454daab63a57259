"""ex08: Batch norm, layer norm, maxout, and dropout in convolutional networks.

A module that begins with a letter serves that question, the others serve several: ``docs/exercise-grammar.md``.
Every normalisation by hand is one formula over different axes (``by_hand``); its gradients are those of
``bench.kit.byhand``, held against autograd and differences.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from bench import Exercise, Lab, Work, hookimpl

from . import (
    a_initial,
    a_layer,
    a_noise,
    a_rates,
    a_saturating,
    a_shift,
    b_activation,
    b_depth,
    b_ranking,
    b_shift,
    c_at_test,
    c_speed,
    d_line,
    d_plane,
    d_proof,
    d_single,
    e_maps,
    f_layer_norm,
    f_speed,
    g_dropout,
)

exercise = Exercise(tags=("theory", "normalisation", "regularisation", "by hand"))

Calls = dict[str, Callable[[], Tensor]]


@exercise.study("a", "Batch norm: the layer, its gradients, and what it does not see")
def the_layer(lab: Lab) -> None:
    a_layer.study(lab)


@exercise.study("a.rates", "Advantage 1: higher learning rates")
def higher_rates(lab: Lab) -> None:
    a_rates.study(lab)


@exercise.study("a.initial", "Advantage 2: initial weights matter less")
def any_initial_weights(lab: Lab) -> None:
    a_initial.study(lab)


@exercise.study("a.saturating", "Advantage 3: deep networks of saturating activations learn")
def saturating(lab: Lab) -> None:
    a_saturating.study(lab)


@exercise.study("a.noise", "Advantage 4: it regularises, because a batch is a random sample")
def batch_noise(lab: Lab) -> None:
    a_noise.study(lab)


@exercise.study("a.shift", "Internal covariate shift: how far the inputs of a layer move")
def covariate_shift(lab: Lab) -> None:
    a_shift.study(lab)


@exercise.study("b", "Dropout before batch norm shifts the variance between training and test")
def variance_shift(lab: Lab) -> None:
    b_shift.study(lab)


@exercise.study("b.depth", "The variance shift through layers: predicted, and measured in exercise 4's blocks")
def shift_through_depth(lab: Lab) -> None:
    b_depth.study(lab)


@exercise.study("b.activation", "Before or after the activation: what batch norm meets")
def around_activation(lab: Lab) -> None:
    b_activation.study(lab)


@exercise.study("b.ranking", "Six orders trained on digits")
def orders_trained(lab: Lab) -> None:
    b_ranking.study(lab)


@exercise.study("c", "Batch norm at test time: constants, moving averages, folding")
def at_test(lab: Lab) -> None:
    c_at_test.study(lab)


@exercise.comparison(
    "c.speed",
    "What folding saves in evaluation",
    reference="convolution, batch norm",
    work=lambda channels, side: Work(16, "images"),
    channels=(16, 64),
    side=16,
)
def folding(lab: Lab, channels: int, side: int) -> Calls:
    return c_speed.variants(lab, channels, side)


@exercise.study("d", "Two maxout units on a line: error against pieces")
def two_units(lab: Lab) -> None:
    d_line.study(lab)


@exercise.study("d.proof", "Two units from any piecewise linear function: the proof's steps on a square")
def steps_of_the_proof(lab: Lab) -> None:
    d_proof.study(lab)


@exercise.study("d.plane", "Two maxout units on a plane: error against planes")
def two_units_on_a_plane(lab: Lab) -> None:
    d_plane.study(lab)


@exercise.study("d.single", "One maxout unit is convex, and that is not enough")
def single_unit(lab: Lab) -> None:
    d_single.study(lab)


@exercise.study("e", "Batch norm of (N, C, H, W): one mean and one variance per channel")
def on_maps(lab: Lab) -> None:
    e_maps.study(lab)


@exercise.study("f", "Layer norm against batch norm")
def layer_against_batch(lab: Lab) -> None:
    f_layer_norm.study(lab)


@exercise.comparison(
    "f.speed",
    "Layer norm: by hand against native",
    reference="native",
    work=lambda features: Work(256 * features, "values"),
    features=(64, 1024),
)
def layer_norm_speed(lab: Lab, features: int) -> Calls:
    return f_speed.variants(lab, features)


@exercise.study("g", "Dropout on convolutions: single values or whole channels")
def dropout_on_maps(lab: Lab) -> None:
    g_dropout.study(lab)


@hookimpl
def bench_exercise() -> Exercise:
    return exercise
