"""ex07: trainings by PyTorch keep what they promise; networks trained together are those trained alone."""

import pytest
import torch
from torch import nn

from bench_exercises.ex07_iris_by_hand.by_hand import train
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import pose_seed, stacked
from bench_exercises.ex07_iris_by_hand.reference import (
    UNITS,
    cross_entropy,
    kit_training,
    sequential,
    train_by_autograd,
    train_together,
)

CPU, DOUBLE = torch.device("cpu"), torch.float64


def tasks(count=3):
    return [pose_seed(seed, CPU, DOUBLE) for seed in range(count)]


def test_building_the_module_draws_nothing_from_the_global_stream():
    before = torch.get_rng_state()
    sequential(tasks(1)[0].theta)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_first_gradient_is_kept_as_it_was():
    task = tasks(1)[0]
    once, often = train_by_autograd(task, 1), train_by_autograd(task, 5)
    assert all(torch.equal(once[name], often[name]) for name in once if name.startswith("d"))


@pytest.mark.parametrize(("batch", "steps"), [(None, 1), (50, 3)])
def test_the_kit_trains_in_a_full_batch_unless_told_otherwise(batch, steps):
    history = kit_training(tasks(1)[0], 2, batch=batch).run()
    assert len(history.losses) == 2 * steps


def test_together_is_alone():
    progress = train_together(stacked(tasks()), range(40))
    for s, task in enumerate(tasks()):
        alone = train(Network, task, 40)
        torch.testing.assert_close(progress.train_loss[:-1, s], alone["losses"], atol=1e-12, rtol=0)
        for name, p in progress.theta.items():
            torch.testing.assert_close(p[s], alone[name], atol=1e-12, rtol=0)


def test_the_scores_are_the_networks():
    progress = train_together(stacked(tasks()), range(7))
    for s, task in enumerate(tasks()):
        net = Network({name: p[s] for name, p in progress.theta.items()})
        assert progress.test_loss[-1, s] == pytest.approx(float(net.loss(task.x_test, task.y_test)), abs=1e-12)
        assert progress.train_accuracy[-1, s] == pytest.approx(float(net.accuracy(task.x, task.y)), abs=1e-12)
        assert progress.test_accuracy[-1, s] == pytest.approx(float(net.accuracy(task.x_test, task.y_test)), abs=1e-12)
    assert progress.train_loss.shape == (8, 3)


def test_series_are_of_the_rows_asked_for_and_in_their_units():
    progress = train_together(stacked(tasks()), range(2))
    series = progress.series(slice(1, 3))
    assert list(series) == list(UNITS)
    assert torch.equal(series["test loss"], progress.test_loss[:, 1:])
    assert torch.equal(series["train accuracy"], 100 * progress.train_accuracy[:, 1:])


def test_training_together_leaves_the_tasks_as_they_were():
    task = stacked(tasks())
    before = {name: p.clone() for name, p in task.theta.items()}
    train_together(task, range(2))
    assert all(torch.equal(p, before[name]) for name, p in task.theta.items())


def test_cross_entropy_is_torchs():
    logits, y = torch.randn(1, 20, 3, dtype=DOUBLE), torch.randint(3, (1, 20))
    torch.testing.assert_close(cross_entropy(logits, y).mean(), nn.CrossEntropyLoss()(logits[0], y[0]))
