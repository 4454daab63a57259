"""ex10, e: what a weight on the positives does."""

import math

import pytest
import torch

from bench.testing import failed, lab
from bench_exercises.ex10_batch_size import e_weight


def test_a_weight_that_is_not_applied_fails_the_shift(monkeypatch):
    plain = e_weight.weighted_loss
    monkeypatch.setattr(e_weight, "weighted_loss", lambda z, y, weight, reduction="mean": plain(z, y, 1.0, reduction))
    here = lab()
    e_weight.study(here)
    assert len(failed(here.findings)) == 2


def test_the_weight_counts_positives_alone():
    z, y = torch.tensor([[0.3], [-1.2]]).double(), torch.tensor([1, 0])
    each = e_weight.weighted_loss(z, y, 5.0, "none")
    expected = [5 * math.log1p(math.exp(-0.3)), math.log1p(math.exp(-1.2))]
    assert each.tolist() == pytest.approx(expected)


def test_both_classes_are_in_every_cell():
    cell, zero = e_weight.cells(lab())
    for number in range(len(e_weight.EDGES) + 1):
        inside = zero[cell == number]
        assert 0 < inside.sum() < len(inside)


def test_the_fit_is_a_minimum():
    cell, zero = e_weight.cells(lab())
    best = e_weight.fitted(cell, zero, 3.0, torch.float64)
    cost = e_weight.weighted_loss(best[cell], zero, 3.0)
    for number in range(len(best)):
        for off in (-0.01, 0.01):
            moved = best.clone()
            moved[number] += off
            assert e_weight.weighted_loss(moved[cell], zero, 3.0) > cost
