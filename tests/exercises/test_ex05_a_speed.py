"""ex05.a.speed: all ways give the mean of all members."""

from __future__ import annotations

import torch

from bench.testing import agreements, lab, variants
from bench_exercises.ex05_dropout_ensemble import a_speed, by_hand, exercise
from bench_exercises.ex05_dropout_ensemble.problem import Head


def test_ways_agree():
    output = variants(exercise, "a.speed", units=6)[exercise.parts["a.speed"].reference]()
    assert torch.allclose(output.sum(-1), torch.ones(32).double())
    for name, found in agreements(exercise, "a.speed", units=6).items():
        assert found.passed, name


def test_the_ways_are_the_arithmetic_mean():
    head = Head.draw(lab(), units=5)
    expected = by_hand.arithmetic(by_hand.every_member(head, 0.5)).exp()
    for name, way in a_speed.WAYS.items():
        assert torch.allclose(way(head), expected, rtol=0, atol=1e-14), name
