"""ex02, the landscape: every choice of directions, its curvature, and the number of its directions of descent."""

import pytest

from bench.testing import failed, lab, run_part
from bench_exercises.ex02_linear_networks import b_landscape, exercise
from bench_exercises.ex02_linear_networks.by_hand import optimum
from bench_exercises.ex02_linear_networks.problem import draw


def test_saddles_know_their_directions():
    task, _ = draw(lab(), 30, 5, 4)
    best = optimum(task)
    points = b_landscape.critical_points(task, best, 2)
    rows = [point.row() for point in points]
    assert [row["directions kept"] for row in rows[:6]] == ["1, 2", "1, 3", "1, 4", "2, 3", "2, 4", "3, 4"]
    assert len(rows) == 6 + 4 + 1
    assert rows[0]["squared error"] == pytest.approx(float(best.error(2)))
    assert rows[0]["smallest curvature"] > -1e-9 > rows[1]["smallest curvature"]
    # "1, 3" has one pair in the wrong order, "3, 4" four, one direction alone 3 or more, and nothing kept 2 · 4.
    assert [row["directions of descent"] for row in rows] == [0, 1, 2, 2, 3, 4, 3, 4, 5, 6, 8]
    assert [row["by the theory"] for row in rows] == [row["directions of descent"] for row in rows]


@pytest.mark.parametrize("sizes", [(5, 8, 6), (40, 3, 6), (20, 7, 5), (7, 7, 7)])
def test_claims_hold_for_other_sizes_and_another_seed(sizes):
    assert failed(run_part(exercise, "b.saddles", lab(7), **dict(zip("nmd", sizes, strict=True)))) == {}


def test_a_hessian_without_the_error_in_it_fails_claims(monkeypatch):
    right = b_landscape.second_derivatives
    monkeypatch.setattr(b_landscape, "second_derivatives", lambda task, a, b: right(task, a, 1.01 * b))
    assert "second derivatives by hand = autograd" in failed(run_part(exercise, "b.saddles", n=12, d=5, m=5))
