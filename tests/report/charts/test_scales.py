"""Axes: their ends, their numbers, their pixels."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.report.charts import scales
from bench.report.charts.letters import LINE, width
from bench.report.charts.scales import Scale


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=10), st.booleans())
def test_every_value_lies_between_the_ends(values: list[float], zero: bool) -> None:
    low, high = scales.reach(values, log=False, zero=zero)
    assert low < high
    assert all(low <= value <= high for value in values)


def test_what_a_logarithm_does_not_have_is_left_out() -> None:
    low, high = scales.reach([0, -1, 1, 100], log=True)
    assert 0 < low < 1
    assert high > 100
    assert scales.reach([], log=True) == (1, 10)
    assert scales.reach([0.0], log=False, zero=True) == (0, 1)


def test_pixels_are_counted_from_the_left_and_from_the_top() -> None:
    assert Scale(0, 10, 100).pixel(2.5) == 25
    assert Scale(0, 10, 100, up=True).pixel(2.5) == 75
    assert Scale(1, 100, 100, log=True).pixel(10) == pytest.approx(50)


@pytest.mark.parametrize("log", [False, True])
def test_room_beyond_the_ends(log: bool) -> None:
    wide = Scale(1, 100, 200, log=log).widened(20)
    assert wide.pixel(1) == pytest.approx(20)
    assert wide.pixel(100) == pytest.approx(180)


def test_numbers_stand_at_what_was_measured_and_do_not_meet() -> None:
    assert scales.numbers(Scale(0.5, 60, 200, log=True), [1, 8, 32, 50]) == [1, 8, 32]
    crowded = Scale(0, 4000, 120)
    ticks = scales.numbers(crowded, (), 10)
    halves = [width(scales.written(tick, ticks)) / 2 for tick in ticks]
    places = [crowded.pixel(tick) for tick in ticks]
    assert all(b - hb >= a + ha for (a, ha), (b, hb) in pairwise(list(zip(places, halves, strict=True))))


@given(
    st.floats(0.01, 1e4), st.floats(0.01, 1e4), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([90, 240])
)
def test_every_axis_has_two_numbers_at_least(
    one: float, other: float, log: bool, up: bool, whole: bool, length: float
) -> None:
    low, high = scales.reach([one, other], log=log)
    assert len(scales.numbers(Scale(low, high, length, log=log, up=up), [one], 4, whole)) >= 2


def test_numbers_of_an_upright_axis_do_not_meet() -> None:
    low = Scale(0, 10, 40, up=True)
    places = [low.pixel(tick) for tick in scales.numbers(low, (), 10)]
    assert all(below - above >= LINE for below, above in pairwise(places))


def test_short_numbers_are_written_out() -> None:
    assert scales.tick_format([1, 12]) == {"format": ",.7~r"}
    assert "labelExpr" in scales.tick_format([0, 1e-9])
    assert scales.written(1e-9, [1e-9]) == "1e-9"
    assert scales.written(1000, [1000]) == "1,000"
    assert scales.axis_width([]) == 8
