"""ex04, a_l1: when a layer is dead by counting."""

from __future__ import annotations

import itertools

import pytest
import torch

from bench.testing import failed, lab
from bench_exercises.ex04_cifar10 import a_l1


def test_the_arithmetic_counts_as_a_loop_does_and_one_update_off_is_seen(monkeypatch):
    assert a_l1.counted_off() == 0
    death = a_l1.death
    monkeypatch.setattr(a_l1, "death", lambda *numbers: death(*numbers) + 1)
    assert a_l1.counted_off() == 1


def test_swings_are_those_of_the_optimiser():
    """Each phase by SGD with momentum on |w|: the furthest of the first four swings beyond zero."""
    phases = 100
    weight = (torch.arange(phases, dtype=torch.float64) / phases + 60).requires_grad_()
    sgd, path = torch.optim.SGD([weight], lr=0.1, momentum=0.9), []
    for _ in range(300):
        sgd.zero_grad()
        weight.abs().sum().backward()
        sgd.step()
        path.append(weight.detach().clone())
    swings = [[max(map(abs, swing)) for swing in runs(column)[1:5]] for column in torch.stack(path, 1).tolist()]
    assert a_l1.swings()[:4] == pytest.approx([max(places) for places in zip(*swings, strict=True)], rel=0.02)


def runs(values):
    """Cut where the sign changes."""
    return [list(group) for _, group in itertools.groupby(values, key=lambda value: value > 0)]


def test_a_start_of_the_wrong_size_is_seen(monkeypatch):
    here = lab()
    a_l1.at_the_start(here, a_l1.STRENGTHS)
    assert failed(here.findings) == {}
    monkeypatch.setattr(a_l1, "expected_sum", lambda net: (56_000.0 * 1.01, 15.0))
    here = lab()
    a_l1.at_the_start(here, a_l1.STRENGTHS)
    assert list(failed(here.findings)) == ["Σ|w| at the start off the arithmetic by (relative)"]
