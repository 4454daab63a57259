"""Numbers for people: units, digits, intervals."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import quantities


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "1"),
        (123456, "123,456"),
        (0.0123456, "0.0123"),
        (-0.9967, "-0.997"),
        (0.63, "0.63"),
        (3.24e-16, "3.24e-16"),
        (1e-12, "1e-12"),
        (999.96, "1,000"),
        (9.9996, "10"),
        (1234567.8, "1.23e6"),
        (math.inf, "inf"),
    ],
)
def test_a_number_has_three_digits_at_most(value: float, text: str) -> None:
    assert quantities.number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(2.5, "2.5 s"), (0.0123, "12.3 ms"), (4.56e-6, "4.56 µs"), (7e-9, "7 ns"), (3e-10, "0.3 ns"), (1e-3, "1 ms")],
)
def test_durations_take_the_largest_unit_that_fits(seconds: float, text: str) -> None:
    assert quantities.duration(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (1023, "1,023 B"), (1536, "1.5 KiB"), (2**30, "1 GiB")])
def test_sizes_are_binary(count: int, text: str) -> None:
    assert quantities.size(count) == text


@pytest.mark.parametrize(
    ("centre", "low", "high", "text"),
    [
        (1.2345e-3, 1.19e-3, 1.28e-3, "1.23 ± 0.05 ms"),
        (1.2345e-3, 1.2330e-3, 1.2360e-3, "1.2345 ± 0.0015 ms"),
        (440e-6, 405e-6, 475e-6, "440 ± 40 µs"),
        (1.72e-3, 1.60e-3, 1.84e-3, "1.72 ± 0.12 ms"),
        (0.5e-3, 0.2e-3, 1.3e-3, "200 to 1,300 µs"),
        (0.5e-3, 1e-6, 0.2, "about 500 µs"),
        (0.5e-3, None, None, "500 µs"),
        (2.0, 2.0, 2.0, "2 s"),
    ],
)
def test_an_interval_has_no_more_digits_than_it_supports(
    centre: float, low: float | None, high: float | None, text: str
) -> None:
    assert quantities.interval(centre, low, high, quantities.SECONDS) == text


@given(st.floats(1e-9, 1e3), st.floats(1e-3, 0.4))
def test_what_an_interval_says_is_near_what_it_is(centre: float, share: float) -> None:
    text = quantities.interval(centre, centre * (1 - share), centre * (1 + share), quantities.SECONDS)
    value, _, spread, unit = text.replace(",", "").split()
    scale = next(scale for scale, name in quantities.SECONDS if name == unit)
    assert float(value) * scale == pytest.approx(centre, abs=0.6 * share * centre)
    assert float(spread) * scale == pytest.approx(share * centre, rel=0.5)


def test_an_interval_that_does_not_reach_one_is_seen_not_to() -> None:
    assert quantities.interval(1.049, 1.003, 1.097) == "1.05 ± 0.05"
    assert quantities.interval(1.049, 1.003, 1.097, apart=1) == "1.049 ± 0.047"
    assert quantities.interval(1.3, 1.1, 1.5, apart=1) == "1.3 ± 0.2" == quantities.interval(1.3, 1.1, 1.5)
    assert quantities.interval(1.049, 0.999, 1.097, apart=1) == "1.05 ± 0.05"


def test_different_values_look_different_to_four_digits() -> None:
    assert quantities.told_apart([0.34, 0.71]) == ["0.34", "0.71"]
    assert quantities.told_apart([1.101, 1.1, 3]) == ["1.101", "1.1", "3"]
    assert quantities.told_apart([2.30261, 2.30262]) == ["2.303", "2.303"]
    assert quantities.told_apart([2.0, 2.0, 3.14159]) == ["2", "2", "3.1"]
