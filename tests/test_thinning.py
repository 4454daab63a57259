"""Fewer points, the same noise."""

from hypothesis import given
from hypothesis import strategies as st

from bench.thinning import minmax_indices


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(4, 80))
def test_thinning_keeps_ends_and_extremes(y: list[float], most: int) -> None:
    indices = minmax_indices(y, most)
    assert len(indices) <= most
    assert indices == sorted(set(indices))
    assert {0, len(y) - 1} <= set(indices)
    assert min(y) == min(y[i] for i in indices)
    assert max(y) == max(y[i] for i in indices)
