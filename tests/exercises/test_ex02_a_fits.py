"""ex02, the fits: a network that is not trained, and one with a unit more."""

from bench.testing import failed, lab, run_part
from bench_exercises.ex02_linear_networks import a_fits, exercise
from bench_exercises.ex02_linear_networks.problem import draw


def test_a_width_that_does_not_bind_fails_claims(monkeypatch):
    monkeypatch.setattr(a_fits, "WIDTHS", {"A": None, "B": 5, "C": 16})
    nets = a_fits.compare(lab(), draw(lab(), 40, 8, 6)[0])
    assert nets["B"].rank == 5
    monkeypatch.setattr(a_fits, "lbfgs", lambda task, weights: weights)
    assert a_fits.compare(lab(), draw(lab(), 40, 8, 6)[0])["A"].excess > 1e-2


def test_weights_that_are_not_trained_fail_the_optimum(monkeypatch):
    monkeypatch.setattr(a_fits, "lbfgs", lambda task, weights: weights)
    assert "training reaches the optimum: largest excess over ‖Y‖²" in failed(run_part(exercise, "a", lab()))
