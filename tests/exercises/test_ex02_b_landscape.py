"""ex02, every choice of directions, and its curvature."""

import pytest

from bench.testing import lab
from bench_exercises.ex02_linear_networks import b_landscape
from bench_exercises.ex02_linear_networks.by_hand import optimum
from bench_exercises.ex02_linear_networks.problem import draw


def test_saddles_know_their_directions():
    task, _ = draw(lab(), 30, 5, 4)
    best = optimum(task)
    rows = b_landscape.critical_points(task, best, 2)
    assert [row["directions kept"] for row in rows] == ["1, 2", "1, 3", "1, 4", "2, 3", "2, 4", "3, 4"]
    assert rows[0]["squared error"] == pytest.approx(float(best.error(2)))
    assert rows[0]["smallest curvature"] > -1e-9 > rows[1]["smallest curvature"]
