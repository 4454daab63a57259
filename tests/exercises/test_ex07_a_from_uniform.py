"""ex07.a and c: networks trained together are those trained alone; the trap, the sign test, the laws of the weights."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from torch import nn

from bench import Lab
from bench.measure.agreement import distance, named
from bench_exercises.ex07_iris_by_hand import a_speed, exercise
from bench_exercises.ex07_iris_by_hand.a_trap import CEILING, FLOOR, LOSSES, double_softmax, pull
from bench_exercises.ex07_iris_by_hand.c_initialisation import LAWS, first_epoch, he, scaled, xavier
from bench_exercises.ex07_iris_by_hand.c_sign_test import Signs, sign_test
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import pose, stacked
from bench_exercises.ex07_iris_by_hand.reference import train
from bench_exercises.ex07_iris_by_hand.together import cross_entropy, train_together

CPU, DOUBLE = torch.device("cpu"), torch.float64


def a_lab(seed=0, folder=Path("unused"), dtype=DOUBLE):
    return Lab(device=CPU, dtype=dtype, seed=seed, profile="smoke", folder=folder)


def tasks(count=3):
    return [pose(seed, CPU, DOUBLE) for seed in range(count)]


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


def test_training_together_leaves_the_tasks_as_they_were():
    task = stacked(tasks())
    before = {name: p.clone() for name, p in task.theta.items()}
    train_together(task, range(2))
    assert all(torch.equal(p, before[name]) for name, p in task.theta.items())


def test_raw_features_are_the_lengths():
    raw = pose(0, CPU, DOUBLE, standardised=False)
    assert raw.x.min() > 0
    assert torch.equal(raw.y, pose(0, CPU, DOUBLE).y)


def test_double_softmax_is_what_the_mistake_computes():
    logits, y = torch.randn(1, 20, 3, dtype=DOUBLE), torch.randint(3, (1, 20))
    theirs = nn.CrossEntropyLoss()(nn.Softmax(-1)(logits[0]), y[0])
    torch.testing.assert_close(double_softmax(logits, y).mean(), theirs)
    torch.testing.assert_close(cross_entropy(logits, y).mean(), nn.CrossEntropyLoss()(logits[0], y[0]))


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), st.integers(0, 2))
def test_the_bounds_of_the_double_softmax(logits, y):
    loss = float(double_softmax(torch.tensor([[logits]], dtype=DOUBLE), torch.tensor([[y]])))
    assert FLOOR - 1e-12 <= loss <= CEILING + 1e-12


def test_the_bound_is_the_sheets_number():
    assert pytest.approx(-math.log(math.e / (math.e + 2)), abs=1e-15) == FLOOR
    assert round(FLOOR, 4) == 0.5514


def test_a_certain_mistake_pulls_with_one_softmax_alone():
    logits, y = torch.tensor([[[20.0, 0, 0]]], dtype=DOUBLE), torch.tensor([[1]])
    assert pull(logits, y, LOSSES["log-softmax"]) > 1.4
    assert pull(logits, y, LOSSES["softmax twice"]) < 1e-7


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 5))
def test_the_sign_test_is_scipys(wins, losses, ties):
    expected = binomtest(wins, wins + losses).pvalue if wins + losses else 1
    assert Signs(wins, losses, ties).p == pytest.approx(expected, rel=1e-9)


def test_five_pairs_cannot_decide():
    assert Signs(5, 0, 0).p == 0.0625


def test_signs_are_counted():
    assert sign_test(torch.tensor([1.0, 2.0, -3.0, 0.0])) == Signs(2, 1, 1)


def test_first_epoch():
    reached = torch.tensor([[False, False, True], [True, False, False], [True, False, True]])
    assert first_epoch(reached).tolist() == [1, 3, 0]


@pytest.mark.parametrize("law", LAWS.values())
def test_the_weights_have_the_laws_deviation(law):
    task = tasks(1)[0]
    drawn = [scaled(task, seed, law).theta for seed in range(400)]
    for k, (inputs, nodes) in enumerate(((4, 5), (5, 5), (5, 5), (5, 3)), start=1):
        weights = torch.stack([theta[f"W{k}"] for theta in drawn])
        assert float(weights.std()) == pytest.approx(math.sqrt(law(inputs, nodes)), rel=0.05)
        assert not drawn[0][f"b{k}"].any()


def test_a_pair_differs_by_a_factor():
    task = tasks(1)[0]
    ours, theirs = scaled(task, 3, he).theta, scaled(task, 3, xavier).theta
    torch.testing.assert_close(ours["W1"] / theirs["W1"], torch.full((5, 4), 1.5, dtype=DOUBLE))


@pytest.mark.parametrize("name", ["idiomatic loop", "kit", "together"])
def test_every_loop_gives_the_reference(name):
    calls = a_speed.variants(a_lab(), 2)
    ours, theirs = named(calls[name]()), named(calls["idiomatic loop"]())
    assert ours["losses"].shape == (2, a_speed.EPOCHS)
    assert ours["test losses"].shape == (2, a_speed.EPOCHS + 1)
    assert distance(ours, theirs)[0] < 1e-13
    assert torch.equal(named(calls[name]())["losses"], ours["losses"])


@settings(max_examples=3)
@given(st.sampled_from(["a", "c", "c.depth"]), st.integers(0, 50))
def test_the_studies_pass_and_repeat(tmp_path_factory, part, seed):
    def findings():
        lab = a_lab(seed, tmp_path_factory.mktemp("study"))
        exercise.parts[part].run(lab, **exercise.parts[part].parameters)
        return lab.findings

    first = findings()
    assert first.claims
    assert [claim for claim in first.claims if not claim.passed] == []
    assert first == findings()
