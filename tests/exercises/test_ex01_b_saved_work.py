"""ex01.b: a mistake is caught."""

from dataclasses import replace

from bench.testing import failed, run_part
from bench_exercises.ex01_one_step_by_hand import b_paths, exercise


def test_a_delta_without_its_slope_is_caught(monkeypatch):
    right = b_paths.evaluate

    def flat(layers, x):
        net = right(layers, x)
        return replace(net, slopes=[*([1.0] * len(row) for row in net.slopes[:-1]), net.slopes[-1]])

    monkeypatch.setattr(b_paths, "evaluate", flat)
    assert "gradient path by path = by deltas = autograd" in failed(run_part(exercise, "b"))
