"""Maps of errors: bounded, and nothing that stands out is lost."""

from __future__ import annotations

import pytest

from bench.report.charts.heat import MOST, heat_map


def test_a_large_tensor_keeps_what_is_furthest_from_zero() -> None:
    rows = [[0.0] * 100 for _ in range(100)]
    rows[37][61] = -5.0
    (grid,) = heat_map("error", {"weight": rows}).grids
    assert len(grid.values) <= MOST
    assert len(grid.values[0]) <= MOST
    assert min(min(row) for row in grid.values) == -5


def test_small_ones_stay_as_they_are_and_ragged_ones_are_refused() -> None:
    chart = heat_map("error", {"w": [[1.0, -2.0]], "empty": []}, prefix="ex01")
    assert [grid.values for grid in chart.grids] == [((1.0, -2.0),)]
    assert (chart.slug, chart.title) == ("ex01-error", "error")
    with pytest.raises(ValueError, match="'w' differ in length"):
        heat_map("error", {"w": [[1.0], [1.0, 2.0]]})
