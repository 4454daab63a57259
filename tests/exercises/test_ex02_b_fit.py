"""ex02, planted mistakes: a gradient of the other sign, and the wrong directions kept."""

from bench.testing import failed, lab, run_part
from bench_exercises.ex02_linear_networks import b_fit, exercise
from bench_exercises.ex02_linear_networks.by_hand import Optimum, optimum


def test_a_wrong_gradient_fails_a_claim(monkeypatch):
    right = b_fit.gradients
    monkeypatch.setattr(b_fit, "gradients", lambda task, weights: [-right(task, weights)[0], *right(task, weights)[1:]])
    monkeypatch.setattr(b_fit, "trained", lambda here, task, generator: None)  # by autograd alone
    assert failed(run_part(exercise, "b", lab())).keys() == {
        "gradients by hand = autograd, all networks",
        "gradients by hand = central differences, all networks",
    }


def test_keeping_the_wrong_directions_fails_claims(monkeypatch):
    right = Optimum.chosen
    monkeypatch.setattr(Optimum, "factors", lambda self, rank: right(self, list(range(self.right.shape[-1]))[-rank:]))
    # A training that ends in the best fit, as it does; here by the right directions.
    monkeypatch.setattr(
        b_fit, "lbfgs", lambda task, weights: right(optimum(task), list(range(min(6, *weights[1].shape))))
    )
    names = failed(run_part(exercise, "b", lab()))
    assert "error of the best rank-r map = floor + σ²ᵣ₊₁ + … , r = 1 … 6" in names
    assert "the trained fit is the best fit, every width: relative difference" in names
