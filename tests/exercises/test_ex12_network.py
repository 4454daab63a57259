"""ex12: the table as a network that can run, and four arrangements of it."""

from __future__ import annotations

import pytest
import torch

from bench.testing import agreements, lab, variants
from bench_exercises.ex12_alexnet_table import exercise, network
from bench_exercises.ex12_alexnet_table.a_solver import layers_of, solve
from bench_exercises.ex12_alexnet_table.by_hand import Convolution, FullyConnected, Pooling, total, trace
from bench_exercises.ex12_alexnet_table.problem import ALEXNET, INPUT

META = torch.device("meta")


def test_variants_of_the_forward_pass_agree():
    for name, found in agreements(exercise, "a.speed", batch=2).items():
        assert found.passed, name
    for name, call in variants(exercise, "a.speed", lab(dtype=torch.float32), batch=2).items():
        assert call().shape == (2, 1000), name
        assert torch.equal(call(), call()), name


def test_two_groups_make_the_sixty_million_of_the_paper():
    assert total(trace(network.on_two_gpus(layers_of(solve(ALEXNET))), INPUT)) == 60_965_224


def test_composed_network_has_no_activation_after_its_last_layer():
    made = [
        network.empty(layer, shape, META)
        for layer, shape in (
            (Convolution(channels=2, kernel=3), (1, 8, 8)),
            (Pooling(2, 2), (2, 6, 6)),
            (FullyConnected(3), (2, 3, 3)),
        )
    ]
    kinds = [type(one).__name__ for one in network.compose(made)]
    assert kinds == ["Conv2d", "ReLU", "MaxPool2d", "Sequential"]
    assert [type(one).__name__ for one in network.compose(made, pool_first=True)] == [
        "Conv2d",
        "MaxPool2d",
        "ReLU",
        "Sequential",
    ]


def test_a_width_that_does_not_divide_is_refused():
    assert network.narrowed([Convolution(channels=96, kernel=3), FullyConnected(10)], 4) == [
        Convolution(channels=24, kernel=3),
        FullyConnected(10),
    ]
    with pytest.raises(ValueError, match="96 does not divide by 7"):
        network.narrowed([Convolution(channels=96, kernel=3), FullyConnected(10)], 7)
