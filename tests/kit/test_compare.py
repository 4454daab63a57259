"""One distance for claims: what is not finite is infinitely far, and nothing is broadcast."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.kit.compare import by_rounding, largest, max_error, nudged, relative_error, smallest

finite = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5)


@given(finite, finite)
def test_the_largest_difference(a: list[float], b: list[float]) -> None:
    a, b = a[: len(b)], b[: len(a)]
    x, y = (torch.tensor(values, dtype=torch.float64) for values in (a, b))
    assert max_error(x, y) == max(abs(p - q) for p, q in zip(a, b, strict=True))
    assert max_error(x, x) == relative_error(x, x) == 0.0


def test_relative_to_each_tensor_the_worst_of_them() -> None:
    expected = {"w": torch.tensor([10.0, -20.0]), "b": torch.tensor([0.5])}
    found = {"w": torch.tensor([10.0, -19.0]), "b": torch.tensor([0.4375])}
    assert relative_error(found, expected) == 0.125
    assert max_error(found, expected) == 1.0


def test_against_zero_the_error_is_absolute() -> None:
    assert relative_error(torch.tensor([0.25]), torch.tensor([0.0])) == 0.25


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("measure", [max_error, relative_error])
def test_what_is_not_finite_is_infinitely_far(measure, bad: float) -> None:
    good, wrong = torch.tensor([1.0, 2.0]), torch.tensor([1.0, bad])
    for found, expected in ((wrong, good), (good, wrong), (wrong, wrong)):
        assert measure(found, expected) == math.inf
        assert measure([good, found], [good, expected]) == math.inf
        assert measure({"a": found, "b": good}, {"a": expected, "b": good}) == math.inf
    assert measure(bad, 1.0) == math.inf


def test_numbers_complex_tensors_and_none_at_all() -> None:
    assert max_error(1.5, 1.0) == 0.5
    assert max_error(torch.tensor([3 + 4j]), torch.tensor([0j])) == 5.0
    assert max_error([], []) == relative_error({}, {}) == max_error(torch.empty(0), torch.empty(0)) == 0.0


@pytest.mark.parametrize(
    ("found", "expected", "says"),
    [
        (torch.zeros(3), torch.zeros(1, 3), "shape"),
        (torch.zeros(1), torch.zeros(3), "shape"),
        ([torch.zeros(1)], [torch.zeros(1), torch.zeros(1)], "value 1"),
        ({"w": torch.zeros(1)}, {"v": torch.zeros(1)}, "found w where v"),
    ],
)
def test_other_names_and_shapes_are_refused(found, expected, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        max_error(found, expected)


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=5), st.integers(0, 5))
def test_the_largest_and_the_smallest_of_numbers_with_and_without_nan(values: list[float], place: int) -> None:
    """Among numbers as Python's own; with a NaN, wherever it stands, they are NaN."""
    tensors = [torch.tensor(value, dtype=torch.float64) for value in values]
    for extreme, of in ((largest, max), (smallest, min)):
        assert extreme(values) == extreme(iter(values)) == extreme(*values) == extreme(tensors) == of(values)
        spoilt = [*values[:place], math.nan, *values[place:]]
        assert math.isnan(extreme(spoilt))
        assert math.isnan(extreme(*spoilt))
        assert math.isnan(extreme(torch.tensor(value, dtype=torch.float64) for value in spoilt))


def test_no_number_has_no_largest() -> None:
    for extreme in (largest, smallest):
        with pytest.raises(ValueError, match="empty"):
            extreme([])
        assert extreme(torch.tensor([2.5])) == extreme(2.5) == 2.5


def test_a_nudge_measures_how_rounding_grows() -> None:
    x = {"x": torch.full((50,), 3.0, dtype=torch.float64)}
    moved = nudged(x)
    assert relative_error(moved, x) == pytest.approx(2**-26, rel=1e-6)
    assert len(moved["x"].unique()) == 2
    assert by_rounding(max_error(moved["x"] ** 2, x["x"] ** 2)) == pytest.approx(100 * 2**-52 * 2 * 9, rel=1e-6)
    assert not torch.equal(nudged(x, 1)["x"], moved["x"])
