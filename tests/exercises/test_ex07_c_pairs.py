"""ex07.c: the laws of the weights, and what makes two networks a pair."""

import math
from dataclasses import replace

import pytest
import torch

from bench.testing import lab
from bench_exercises.ex07_iris_by_hand.c_pairs import posed, scaled, unpaired
from bench_exercises.ex07_iris_by_hand.problem import LAWS, SHEET, he, pose_seed, xavier

CPU, DOUBLE = torch.device("cpu"), torch.float64


@pytest.mark.parametrize("law", LAWS.values())
def test_the_weights_have_the_laws_deviation(law):
    task = pose_seed(0, CPU, DOUBLE)
    drawn = [scaled(task, seed, law).theta for seed in range(400)]
    for k, (inputs, nodes) in enumerate(((4, 5), (5, 5), (5, 5), (5, 3)), start=1):
        weights = torch.stack([theta[f"W{k}"] for theta in drawn])
        assert float(weights.std()) == pytest.approx(math.sqrt(law(inputs, nodes)), rel=0.05)
        assert not drawn[0][f"b{k}"].any()


def test_a_pair_differs_by_a_factor():
    task = pose_seed(0, CPU, DOUBLE)
    ours, theirs = scaled(task, 3, he).theta, scaled(task, 3, xavier).theta
    torch.testing.assert_close(ours["W1"] / theirs["W1"], torch.full((5, 4), 1.5, dtype=DOUBLE))


def test_pairs_share_all_but_a_factor():
    both = posed(lab(), 2, SHEET)
    assert unpaired(both) < 1e-6
    assert unpaired(replace(both, y=both.y.roll(1, 0))) > 0
    assert unpaired(replace(both, theta=both.theta | {"b1": both.theta["b1"] + 1})) == 1


def test_quick_and_full_share_no_pair():
    quick, full = (posed(lab(profile=profile), 2, SHEET) for profile in ("quick", "full"))
    assert not torch.equal(quick.theta["W1"], full.theta["W1"])
