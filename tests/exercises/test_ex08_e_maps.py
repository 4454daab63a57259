"""ex08.e: statistics over the wrong axes fail the claims."""

from bench.testing import failed, run_part
from bench_exercises.ex08_normalisation import by_hand, e_maps, exercise


def test_statistics_over_the_wrong_axes_fail_the_claims(monkeypatch):
    monkeypatch.setattr(e_maps, "over_batch", lambda x, eps=by_hand.EPS: by_hand.normalise(x, (0,), eps))
    names = set(failed(run_part(exercise, "e")))
    assert {"statistics over N, H, W = BatchNorm2d"} <= names
