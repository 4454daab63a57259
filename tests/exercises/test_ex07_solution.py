"""ex07.a and d: the model solution trains as the study does, is short, and goes on where it stopped."""

import inspect

import pytest
import torch

from bench.testing import failed, lab
from bench_exercises.ex07_iris_by_hand import a_flowers, a_solution, solution
from bench_exercises.ex07_iris_by_hand.by_hand import train
from bench_exercises.ex07_iris_by_hand.network import Network
from bench_exercises.ex07_iris_by_hand.problem import SHEET, pose


def test_its_losses_are_those_by_hand():
    task = pose(lab())
    training = solution.Training(a_solution.network(task.theta))
    training.run(task.x, task.y, until=30)
    assert training.losses == pytest.approx(train(Network, task, 30)["losses"].tolist(), abs=1e-12)


def test_stopped_and_loaded_it_goes_on(tmp_path):
    task = pose(lab())
    straight, stopped, again = (solution.Training(a_solution.network(task.theta)) for _ in range(3))
    straight.run(task.x, task.y, until=10)
    stopped.run(task.x, task.y, until=4)
    stopped.save(str(tmp_path / "stopped.pt"))
    again.load(str(tmp_path / "stopped.pt"))
    again.run(task.x, task.y, until=10)
    assert again.losses == straight.losses
    assert again.scores(task.x, task.y) == straight.scores(task.x, task.y)


def test_its_network_starts_from_u_0_1():
    torch.manual_seed(0)
    parameters = torch.cat([p.detach().flatten() for p in solution.Network().parameters()])
    assert len(parameters) == 103
    assert parameters.min() >= 0
    assert parameters.max() <= 1


def test_it_has_at_most_70_lines():
    assert len(inspect.getsource(solution).splitlines()) <= 70


def test_a_mistake_in_it_is_seen(monkeypatch):
    here = lab()
    losses = train(Network, pose(here), 25)["losses"]
    monkeypatch.setattr(solution.Network, "forward", lambda net, x: net.linear[0](x)[:, :3].log_softmax(1))
    names = ("train loss (nat)", "test loss (nat)", "train accuracy (%)", "test accuracy (%)")
    a_flowers.study(here, SHEET)  # whose claims the mistakes name
    a_solution.study(here, 25, losses, dict.fromkeys(names, 0.0))
    assert {a_solution.LOSSES, a_solution.SCORES} <= failed(here.findings).keys()
