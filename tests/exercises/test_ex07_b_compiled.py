"""ex07.b.speed: the compiled run gives what the run in place gives, and copies of it."""

import pytest
import torch

from bench.measure.agreement import distance, named
from bench_exercises.ex07_iris_by_hand.b_compiled import LANES, Compiled
from bench_exercises.ex07_iris_by_hand.b_in_place import InPlace
from bench_exercises.ex07_iris_by_hand.problem import pose_seed


def test_over_a_longer_run():
    task = pose_seed(2, torch.device("cpu"), torch.float64)
    assert distance(named(Compiled(task, 300).train()), named(InPlace(task, 300).train()))[0] < 1e-12


def test_what_fills_up_counts_nowhere():
    run = Compiled(pose_seed(0, torch.device("cpu"), torch.float64), 2)
    assert run.net.z[3].shape[1] % LANES == 0
    assert run.top.share.sum() == pytest.approx(1)
    run.train()
    assert not run.net.delta[3][:, run.n :].any()


def test_compiled_gives_copies():
    run = Compiled(pose_seed(0, torch.device("cpu"), torch.float32), 3)
    first = {name: value.clone() for name, value in run.train().items()}
    for value in run.train().values():
        value.fill_(float("nan"))
    assert all(torch.equal(value, first[name]) for name, value in run.train().items())
