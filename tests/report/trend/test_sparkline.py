"""A line of blocks: flat for noise, and with the steps that there are."""

import pytest

from bench.report.trend.sparkline import sparkline, thinned


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([1.0], "▅"),
        ([1.0, 1.001, 1.0], "▄▅▄"),
        ([1.0, 2.0, 1.0], "▁█▁"),
        ([1.0, 2.0, 4.0], "▁▅█"),
        ([1.0, 10.0, 100.0], "▁▅█"),
        ([1.0] * 50 + [2.0] * 50, "▁▁██"),
    ],
)
def test_it_is_of_ratios(values: list[float], line: str) -> None:
    assert sparkline(values, 4) == line


def test_a_long_one_has_medians_of_stretches() -> None:
    assert thinned([1, 2, 3, 9, 9, 9, 9], 3) == [1.5, 9, 9]
    assert len(thinned(range(1, 1001), 32)) == 32
