"""ex08.c: the biased variance in the moving average fails the claims."""

from bench.kit.byhand import Running
from bench.testing import failed, run_part
from bench_exercises.ex08_normalisation import c_at_test, exercise


def test_the_biased_variance_fails_the_claims(monkeypatch):
    def biased(running, saved, momentum=0.1):
        return Running(0.9 * running.mean + 0.1 * saved.mean, 0.9 * running.variance + 0.1 * saved.variance)

    monkeypatch.setattr(c_at_test, "running_statistics", biased)
    names = failed(run_part(exercise, "c")).keys()
    assert names == {"running variance after a step = 0.9 + 0.1 s², s² unbiased", "moving averages by hand = torch"}
