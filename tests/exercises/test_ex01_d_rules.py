"""ex01.d: a wrong rule is caught."""

from bench.kit.byhand import rmsprop
from bench.testing import failed, run_part
from bench_exercises.ex01_one_step_by_hand import d_descents, exercise


def test_rmsprop_in_the_place_of_adam_is_caught(monkeypatch):
    monkeypatch.setitem(d_descents.STEPS, "Adam", rmsprop)
    assert "Adam's first step is 1 lr, whatever the gradient" in failed(run_part(exercise, "d"))
