"""A ratio as a small drawing on a logarithmic axis."""

from __future__ import annotations

import math
import re

import pytest

from bench.analysis.statistics import Ratio as Known
from bench.report.page import intervals


def Ratio(centre: float, low: float | None, high: float | None) -> Known:
    return Known(centre, low, high, 5)


def places(svg: str) -> tuple[float, float, float]:
    """Where the interval begins, its middle, and its end."""
    bar = re.search(r'<line x1="([\d.]+)" x2="([\d.]+)"[^>]*class="bar"', svg)
    dot = re.search(r'<circle cx="([\d.]+)"', svg)
    assert bar is not None
    assert dot is not None
    return float(bar[1]), float(dot[1]), float(bar[2])


def test_one_is_in_the_middle_and_twice_as_fast_as_far_from_it_as_half_as_fast() -> None:
    fast, slow = (places(intervals.drawing(Ratio(c, c / 1.1, c * 1.1), 1.0))[1] for c in (2.0, 0.5))
    assert fast - intervals.WIDTH / 2 == pytest.approx(intervals.WIDTH / 2 - slow)
    assert places(intervals.drawing(Ratio(1.0, 1.0, 1.0), 1.0)) == (66.0, 66.0, 66.0)


def test_nothing_leaves_the_drawing() -> None:
    low, middle, high = places(intervals.drawing(Ratio(2.0, 1e-300, 1e9), 0.5))
    assert (low, high) == (intervals.MARGIN, intervals.WIDTH - intervals.MARGIN)
    assert low < middle <= high


@pytest.mark.parametrize("ratio", [None, Ratio(0.0, 0.0, 0.0), Ratio(math.nan, 1.0, 2.0), Ratio(math.inf, 1.0, 2.0)])
def test_what_is_no_ratio_is_not_drawn(ratio: Known | None) -> None:
    assert intervals.drawing(ratio, 1.0) == ""


def test_one_round_has_no_interval() -> None:
    low, middle, high = places(intervals.drawing(Ratio(2.0, None, None), 1.0))
    assert low == middle == high


def test_the_axis_reaches_the_furthest_ratio_within_bounds() -> None:
    assert intervals.reach([]) == intervals.LEAST
    assert intervals.reach([None, Ratio(4.0, 3.0, 5.0)]) == pytest.approx(1.15 * math.log(4))
    assert intervals.reach([Ratio(1e9, 1.0, 1e10)]) == intervals.MOST
