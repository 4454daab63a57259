"""ex07.a: a leak between the two sets is seen."""

from dataclasses import replace

from bench.testing import lab
from bench_exercises.ex07_iris_by_hand.a_flowers import not_all, off_standard
from bench_exercises.ex07_iris_by_hand.problem import pose, pose_seed


def test_all_flowers_are_there_once():
    here = lab()
    raw = pose_seed(0, here.device, here.dtype, standardised=False)
    assert not_all(raw) < 1e-6
    assert not_all(replace(raw, x_test=raw.x[:25])) > 0.1
    assert not_all(replace(raw, x_test=raw.x)) == float("inf")


def test_other_features_are_off_standard():
    task = pose(lab())
    assert off_standard(task.x) < 1e-6
    assert off_standard(task.x_test) > 0.01
