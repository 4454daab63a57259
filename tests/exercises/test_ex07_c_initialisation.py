"""ex07.c: the laws of the weights, the sign test, and the study."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.testing import failed, lab, run_part
from bench_exercises.ex07_iris_by_hand import exercise
from bench_exercises.ex07_iris_by_hand.c_initialisation import Signs, count, first_epoch, scaled
from bench_exercises.ex07_iris_by_hand.problem import LAWS, he, pose_seed, xavier

CPU, DOUBLE = torch.device("cpu"), torch.float64


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_the_sign_test_by_hand_is_scipys(wins, losses, ties):
    signs = Signs(wins, losses, ties)
    assert signs.p_by_hand == pytest.approx(signs.p, rel=1e-9)


def test_no_pair_decided_decides_nothing():
    assert Signs(0, 0, 3).p == Signs(0, 0, 3).p_by_hand == 1


def test_five_pairs_cannot_decide():
    assert Signs(5, 0, 0).p == pytest.approx(0.0625, rel=1e-12)
    assert Signs(5, 0, 0).p_by_hand == 0.0625


def test_signs_are_counted():
    assert count(torch.tensor([1.0, 2.0, -3.0, 0.0])) == Signs(2, 1, 1)


def test_first_epoch():
    reached = torch.tensor([[False, False, True], [True, False, False], [True, False, True]])
    assert first_epoch(reached).tolist() == [1, 3, 0]


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


@pytest.mark.parametrize("seed", [0, 23])
def test_the_study_passes_and_repeats(seed):
    first = run_part(exercise, "c", lab(seed))
    assert len(first.claims) == 6
    assert failed(first) == {}
    again, part = lab(seed), exercise.parts["c"]
    part.run(again, **part.described.at("smoke").parameters)  # whatever the global streams hold
    assert first == again.findings
