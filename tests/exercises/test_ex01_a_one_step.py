"""ex01.a: its claims hold, for one value of a parameter too, and mistakes are caught."""

import torch

from bench.testing import failed, run_part
from bench_exercises.ex01_one_step_by_hand import a_one_step, by_hand, exercise


def test_a_part_can_be_narrowed_to_one_value():
    assert failed(run_part(exercise, "a", ordering="target_major", loss="bce", lr=0.5, adam_lr=0.1)) == {}


def test_a_wrong_slope_is_caught_at_the_probe(monkeypatch):
    right = by_hand.slopes
    monkeypatch.setattr(by_hand, "slopes", lambda at, slope=0.2: right(at, 0.1))
    assert "gradient by hand = autograd" in failed(run_part(exercise, "a"))


def test_a_slope_in_float32_is_caught(monkeypatch):
    right = by_hand.slopes
    monkeypatch.setattr(by_hand, "slopes", lambda at, slope=0.2: right(at, float(torch.tensor(slope))))
    assert "gradient by hand = autograd" in failed(run_part(exercise, "a"))


def test_adam_without_bias_correction_is_caught(monkeypatch):
    def uncorrected(p, g, state=None, *, lr):
        m, v = 0.1 * g[0], 0.001 * g[0] ** 2
        return (p[0] - lr * m / (v.sqrt() + 1e-8),), None

    monkeypatch.setattr(a_one_step, "adam", uncorrected)
    assert "Adam step by hand = torch.optim.Adam" in failed(run_part(exercise, "a"))


def test_a_step_of_the_wrong_sign_is_caught(monkeypatch):
    monkeypatch.setattr(a_one_step, "sgd", lambda w, g, lr: ((w[0] + lr * g[0],), None))
    assert "SGD step by hand = torch.optim.SGD" in failed(run_part(exercise, "a"))
