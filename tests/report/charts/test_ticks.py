"""Numbers on a logarithmic axis are round, inside, and not too many."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bench.report.charts.ticks import linear_ticks, log_ticks


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=20))
def test_ticks_are_round_and_inside(values: list[float]) -> None:
    ticks = log_ticks(values)
    assert ticks == sorted(set(ticks))
    assert all(min(values) <= tick <= max(values) for tick in ticks)
    assert len(ticks) <= 8
    if max(values) > min(values) * 1.001:
        assert len(ticks) >= 2


def test_there_are_as_few_as_three_and_they_are_read_from_their_digits() -> None:
    assert log_ticks([1, 1000]) == [1, 10, 100, 1000]
    assert log_ticks([2, 40]) == [3, 10, 30]
    assert log_ticks([1.5, 6]) == [2, 3, 4, 5, 6]
    assert log_ticks([1e-5, 4e-5, 8e-4])[1] == 3e-5
    assert log_ticks([1, 1e20]) == [1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18]


def test_within_a_decade_steps_are_of_one_size() -> None:
    assert log_ticks([0.6, 2.4]) == [1, 1.5, 2]
    assert log_ticks([2.19, 2.31]) == [2.2, 2.25, 2.3]


def test_of_nothing_positive_there_are_none() -> None:
    assert log_ticks([]) == log_ticks([0, -1, math.inf, math.nan]) == []


def test_round_numbers_of_a_linear_axis() -> None:
    assert linear_ticks(-0.1, 10.2, 5) == [0, 2, 4, 6, 8, 10]
    assert linear_ticks(0, 2.1, 7, whole=True) == [0, 1, 2]
    assert linear_ticks(0.94, 1.0, 3) == [0.94, 0.96, 0.98, 1.0]
    assert linear_ticks(1, 1) == linear_ticks(0, math.inf) == []


@given(st.floats(-1e6, -1e-6), st.floats(1e-6, 1e6))
def test_no_axis_has_zero_alone(low: float, high: float) -> None:
    assert len(linear_ticks(low, high, 3)) >= 2


def test_a_low_panel_around_zero_has_numbers() -> None:
    assert linear_ticks(-0.49, 0.49, 3) == [-0.4, -0.2, 0.0, 0.2, 0.4]
