"""ex09: the tumours, a split for each seed, and the sheet's numbers."""

import pytest
import torch

from bench.kit.data import breast_cancer
from bench.testing import lab
from bench_exercises.ex09_vanishing_gradient import problem

TASK = problem.pose(lab(), range(3))


def test_sizes_and_standardisation():
    assert (TASK.y.shape[1], TASK.y_test.shape[1]) == (517, 52)
    assert (problem.TRAINED, problem.TESTED) == (517, 52)
    assert problem.off_standard(TASK) < 1e-12
    assert TASK.x_test.mean(1).abs().max() > 0.01


def test_the_test_set_does_not_move_the_training_set():
    x, x_test = problem.standardised(torch.tensor([[0.0], [2.0]]), torch.tensor([[1e6]]))
    assert x.tolist() == [[-1], [1]]
    assert x_test.tolist() == [[1e6 - 1]]


def test_a_seed_is_one_split_in_every_dtype():
    again = problem.pose(lab(dtype=torch.float32), range(3))
    assert torch.equal(TASK.y, again.y)
    assert not torch.equal(TASK.y[0], TASK.y[1])


def test_no_tumour_is_in_both_sets_and_none_is_lost():
    for seed in range(3):
        train, test = problem.rows_of(seed, 569, 52)
        assert sorted([*train.tolist(), *test.tolist()]) == list(range(569))


def test_the_constant_answer():
    share = float((TASK.y[0] == 0).double().mean())
    assert float(TASK.majority_error()[0]) == pytest.approx(share)
    entropy = -share * torch.tensor(share).log() - (1 - share) * torch.tensor(1 - share).log()
    assert float(TASK.constant_cost()[0]) == pytest.approx(float(entropy), rel=1e-6)


def test_the_order_of_batches_goes_on_where_the_split_ended():
    stream = torch.Generator().manual_seed(5)
    torch.randperm(569, generator=stream)
    assert torch.equal(torch.randperm(517, generator=stream), torch.randperm(517, generator=problem.order_of(5, 569)))


def test_the_last_tumours_are_those_of_the_file():
    data = breast_cancer()
    train, _ = problem.rows_of(0, 569, 52)
    assert torch.equal(TASK.y[0], data.y[train])


def test_a_mistake_in_the_scale_is_seen():
    assert problem.off_standard(TASK._replace(x=TASK.x + 1e-3)) > 1e-4
    assert problem.off_standard(TASK._replace(x=TASK.x * torch.nan)) == torch.inf
