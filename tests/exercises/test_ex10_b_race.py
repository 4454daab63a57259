"""ex10, b: SGD and Adam on their way to a train cost."""

import torch

from bench.testing import lab, race
from bench_exercises.ex10_batch_size import b_race, exercise
from bench_exercises.ex10_batch_size.network import initial


def falls_only(step):
    """Without the warning that no optimizer has stepped: here none does."""

    def quietly(self, *given):
        self.optimizer._opt_called = True
        return step(self, *given)

    return quietly


def test_all_four_arrive_and_adam_in_fewer_updates():
    found = race(exercise, "b.race")
    assert all(len(trials) == 1 and trials[0].is_reached for trials in found.values())
    steps = {name: trials[0].steps for name, trials in found.items()}
    assert list(steps) == ["SGD, constant", "SGD, falling", "Adam, constant", "Adam, falling"]
    assert steps["Adam, constant"] < steps["SGD, constant"] < steps["SGD, falling"]


def test_every_training_begins_with_the_same_weights_and_leaves_them_alone():
    problem = b_race.Problem.of(lab(dtype=torch.float32), 50)
    for optimizer in ("sgd", "adam", "sgd"):
        next(b_race.begin(problem, optimizer, 0.9))
    before, after = initial(0).state_dict(), problem.start.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_the_rate_falls_after_each_epoch_and_not_before(monkeypatch):
    rates = []
    monkeypatch.setattr(b_race, "learn", lambda net, stepper, x, y: rates.append(stepper.param_groups[0]["lr"]))
    monkeypatch.setattr(b_race, "look", lambda net, x, y: (torch.tensor(3.0), None))
    monkeypatch.setattr(b_race.ExponentialLR, "step", falls_only(b_race.ExponentialLR.step))
    problem = b_race.Problem.of(lab(dtype=torch.float32), 50)
    steps = b_race.begin(problem, "sgd", 0.5)
    for _ in range(5):
        next(steps)
    assert problem.feed.steps_per_epoch == 2
    assert rates == [0.01, 0.01, 0.005, 0.005, 0.0025]
