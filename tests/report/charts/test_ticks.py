"""Numbers on a logarithmic axis are round, inside, and not too many."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bench.report.charts.ticks import log_ticks


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=20))
def test_ticks_are_round_and_inside(values: list[float]) -> None:
    ticks = log_ticks(values)
    assert ticks == sorted(set(ticks))
    assert all(min(values) <= tick <= max(values) for tick in ticks)
    assert len(ticks) <= 8
    if max(values) > 10 * min(values) * 1.01:
        assert len(ticks) >= 2
    for tick in ticks:
        assert f"{tick:.0e}"[1] == "e"
        assert math.isclose(float(f"{tick:.0e}"), tick)
