"""Fewer points, the same noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.thinning import minmax_indices, stretches


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(4, 80))
def test_thinning_keeps_ends_and_extremes(y: list[float], most: int) -> None:
    indices = minmax_indices(y, most)
    assert len(indices) <= most
    assert indices == sorted(set(indices))
    assert {0, len(y) - 1} <= set(indices)
    assert min(y) == min(y[i] for i in indices)
    assert max(y) == max(y[i] for i in indices)


def test_stretches_hold_every_point_and_their_deciles() -> None:
    found = stretches(list(range(4800)), [float(i % 200) for i in range(4800)])
    assert found is not None
    x, mean, low, high = found
    assert len(x) == 24
    assert (x[0], mean[0]) == (99.5, 99.5)
    assert (round(low[0]), round(high[0])) == (20, 179)


def test_few_points_have_no_deciles() -> None:
    assert stretches(range(15), [1.0] * 15) is None
    found = stretches(range(16), [1.0] * 16)
    assert found is not None
    assert len(found[0]) == 2


@pytest.mark.parametrize("y", [[1e308] * 16, [1e308, -1e308] * 8])
def test_what_no_float_holds_is_no_band(y: list[float]) -> None:
    assert stretches(range(16), y) is None
