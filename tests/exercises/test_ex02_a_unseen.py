"""ex02, new inputs: the law of least squares notices another noise."""

from bench.testing import failed, lab, run_part
from bench_exercises.ex02_linear_networks import a_unseen, exercise


def test_noise_of_another_size_fails_the_law(monkeypatch):
    monkeypatch.setitem(a_unseen.CASES, "true map of rank 6, little noise", (6, 0.25))
    right = a_unseen.draw
    monkeypatch.setattr(a_unseen, "draw", lambda *args, noise, **rest: right(*args, noise=1.2 * noise, **rest))
    names = failed(run_part(exercise, "a.unseen", lab()))
    assert "true map of rank 6, little noise: error of A = s²md/(n − d − 1), off by standard errors" in names
