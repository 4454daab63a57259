"""ex07: the data are split and standardised as the answer says, and every dtype is given the same problem."""

import pytest
import torch

from bench.kit.data import iris
from bench.testing import lab
from bench_exercises.ex07_iris_by_hand.problem import (
    SHAPES,
    flatten,
    initial,
    pose,
    pose_seed,
    seeds,
    split,
    stacked,
    standardise,
    unflatten,
)


def task(seed=0, dtype=torch.float64):
    return pose(lab(seed, dtype=dtype))


@pytest.mark.parametrize("seed", range(5))
def test_the_split_is_125_to_25_stratified_and_without_overlap(seed):
    y = iris().y
    train, test = split(y, torch.Generator().manual_seed(seed))
    assert (len(train), len(test)) == (125, 25)
    assert sorted([*train.tolist(), *test.tolist()]) == list(range(150))
    assert sorted(y[test].bincount().tolist()) == [8, 8, 9]


def test_the_class_with_nine_test_flowers_changes_with_the_seed():
    y = iris().y
    nine = {int(y[split(y, torch.Generator().manual_seed(s))[1]].bincount().argmax()) for s in range(12)}
    assert nine == {0, 1, 2}


def test_a_split_of_unequal_classes_is_refused():
    with pytest.raises(RuntimeError, match="equal size"):
        split(iris().y[:-1], torch.Generator())


def test_standardised_on_the_training_set_alone():
    t = task()
    torch.testing.assert_close(t.x.mean(0), torch.zeros(4, dtype=torch.float64), atol=1e-6, rtol=0)
    torch.testing.assert_close(t.x.std(0, correction=0), torch.ones(4, dtype=torch.float64), atol=1e-6, rtol=0)
    assert t.x_test.mean(0).abs().max() > 1e-3


def test_standardise_uses_the_given_rows_for_mean_and_deviation():
    x = torch.tensor([[0.0], [2.0], [5.0]])
    assert standardise(x, x[:2]).flatten().tolist() == [-1, 1, 4]


def test_initial_parameters_are_103_from_0_to_1():
    vector = flatten(initial(torch.Generator().manual_seed(0)))
    assert vector.shape == (103,)
    assert 0 <= vector.min() < 0.05
    assert 0.95 < vector.max() < 1
    assert vector.mean() == pytest.approx(0.5, abs=0.1)


def test_float32_and_float64_pose_the_same_problem():
    single, double = task(dtype=torch.float32), task(dtype=torch.float64)
    assert torch.equal(single.x.double(), double.x)
    assert torch.equal(single.y, double.y)
    assert torch.equal(flatten(single.theta).double(), flatten(double.theta))


def test_raw_features_are_the_lengths():
    device = torch.device("cpu")
    raw = pose_seed(0, device, torch.float64, standardised=False)
    assert raw.x.min() > 0
    assert torch.equal(raw.y, pose_seed(0, device, torch.float64).y)


def test_tasks_are_stacked_in_front():
    both = stacked([task(0), task(1)])
    assert both.x.shape == (2, 125, 4)
    assert torch.equal(both.y_test[1], task(1).y_test)
    assert torch.equal(both.theta["W4"][0], task(0).theta["W4"])


def test_two_labs_share_no_seed():
    first, second = (lab(s) for s in (0, 1))
    assert set(seeds(first, 1000)).isdisjoint(seeds(second, 1000))


def test_seeds_are_honoured():
    assert torch.equal(task(3).x, task(3).x)
    assert not torch.equal(task(3).x, task(4).x)
    assert not torch.equal(flatten(task(3).theta), flatten(task(4).theta))


def test_unflatten_gives_views_that_flatten_puts_back():
    vector = torch.arange(103.0)
    theta = unflatten(vector)
    assert {name: tuple(p.shape) for name, p in theta.items()} == SHAPES
    assert torch.equal(flatten(theta), vector)
    theta["b4"][-1] = -1
    assert vector[-1] == -1


def test_the_lab_learns_where_the_flowers_come_from():
    here = lab()
    pose(here)
    assert [source.name for source in here.findings.data] == ["iris"]
