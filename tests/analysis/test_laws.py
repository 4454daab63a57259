"""The laws of a sweep, against lines that are known."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import laws, quantities
from bench.analysis.laws import Law, NoLaw
from bench.model import Case, Memory, Record, Sample, Work

BATCHES = (1.0, 8.0, 32.0, 50.0)


def fitted(b: tuple[float, ...], y: tuple[float, ...]) -> Law:
    law = laws.fit(b, y)
    assert isinstance(law, Law)
    return law


def refused(b: tuple[float, ...], y: tuple[float, ...]) -> str:
    law = laws.fit(b, y)
    assert isinstance(law, NoLaw)
    return law.reason


@given(st.floats(1e-6, 1e3), st.floats(1e-9, 10))
def test_a_line_is_found_again(fixed: float, per_item: float) -> None:
    law = fitted(BATCHES, tuple(fixed + per_item * b for b in BATCHES))
    for b in BATCHES:
        assert law.at(b) == pytest.approx(fixed + per_item * b, rel=1e-6)
    assert law.misfit < 1e-6


def test_the_knee_is_where_both_costs_are_equal() -> None:
    law = fitted(BATCHES, tuple(4e-4 + 2.5e-5 * b for b in BATCHES))
    assert law.knee == pytest.approx(16)
    assert law.knee_measured
    assert law.at(16) == pytest.approx(2 * law.fixed)
    words = laws.in_words(law, "t", "batch", quantities.SECONDS)
    assert words == "t = 400 µs + 25 µs · batch, within 0.1 %, bends at batch 16"


def test_a_knee_outside_what_was_measured_says_so() -> None:
    law = fitted((1.0, 2.0, 4.0), (1.1, 1.2, 1.4))
    assert law.knee == pytest.approx(10)
    assert not law.knee_measured
    assert laws.in_words(law, "t", "batch", quantities.SECONDS).endswith(
        "bends at batch 10 (outside what was measured)"
    )


@pytest.mark.parametrize(("fixed", "per_item", "nearly"), [(1.0, 1e-3, "constant"), (1e-3, 1.0, "proportional")])
def test_a_knee_far_outside_is_not_spoken_of(fixed: float, per_item: float, nearly: str) -> None:
    law = fitted((1.0, 2.0, 4.0), tuple(fixed + per_item * b for b in (1.0, 2.0, 4.0)))
    assert laws.in_words(law, "t", "batch", quantities.SECONDS).endswith(f", nearly {nearly}")


def test_no_cost_is_negative() -> None:
    law = fitted((1.0, 2.0, 3.0), (0.8, 1.9, 3.1))
    assert law.fixed == 0
    assert law.knee is None
    assert "proportional" in laws.in_words(law, "t", "batch", quantities.SECONDS)
    falling = fitted((1.0, 2.0, 3.0), (1.1, 1.0, 0.95))
    assert falling.per_item == 0
    assert "constant" in laws.in_words(falling, "t", "batch", quantities.SECONDS)


def test_small_values_count_as_much_as_large_ones() -> None:
    law = fitted((1.0, 10.0, 1000.0), (1.0, 10.0, 1300.0))
    assert abs(law.at(1) / 1.0 - 1) < 0.2


def test_what_is_no_line_is_left_out_with_a_reason() -> None:
    assert "3 different values" in refused((1.0, 2.0), (1.0, 2.0))
    assert "3 different values" in refused((1.0, 2.0, 2.0), (1.0, 2.0, 2.0))
    assert "zero" in refused((1.0, 2.0, 3.0), (0.0, 1.0, 2.0))
    assert "no straight line" in refused((1.0, 2.0, 3.0), (1.0, 900.0, 1.0))
    assert "not finite" in refused((1.0, 2.0, float("inf")), (1.0, 2.0, 3.0))
    assert "zero" in refused((1.0, 2.0, 3.0), (1.0, 2.0, float("nan")))


def timed(batch: int, seconds: float, work: Work | None) -> Record:
    samples = tuple(Sample(round=number, calls=1, seconds=seconds) for number in range(3))
    return Record(
        case=Case(exercise="x", part="a", device="cpu", seed=0, parameters={"batch": batch}, variant="v"),
        outcome="ok",
        samples=samples,
        work=work,
        memory=Memory((100_000 + 1000 * batch,), 0, "VmHWM"),
    )


def test_time_over_batch_is_the_time_of_one_batch() -> None:
    # One call works through 400 images in batches: 400 / b batches of a + c·b seconds each.
    points = [(float(b), [timed(b, 400 / b * (2e-3 + 1e-4 * b), Work(400, "images"))]) for b in (1, 8, 32, 50)]
    law = laws.time_law(points, "batch")
    assert isinstance(law, Law)
    assert law.fixed == pytest.approx(2e-3)
    assert law.per_item == pytest.approx(1e-4)


def test_time_over_anything_else_is_the_time_of_a_call() -> None:
    points = [(float(n), [timed(8, 3.0 + n, Work(400, "images"))]) for n in (1, 2, 3)]
    law = laws.time_law(points, "width")
    assert isinstance(law, Law)
    assert law.fixed == pytest.approx(3)
    without = laws.time_law([(float(n), [timed(n, 3.0 + n, None)]) for n in (1, 2, 3)], "batch")
    assert isinstance(without, Law)
    assert without.fixed == pytest.approx(3)


def test_memory_law() -> None:
    law = laws.resident_law([(float(b), [timed(b, 1.0, None)]) for b in (1, 8, 32)])
    assert isinstance(law, Law)
    assert law.fixed == pytest.approx(100_000)
    assert law.per_item == pytest.approx(1000)


def weighed(batch: int, peak: int, tensors: int | None, children: int | None = None) -> Record:
    return replace(timed(batch, 1.0, None), memory=Memory((peak,), 0, "VmHWM", tensors=tensors, children=children))


def test_tensors_stand_for_memory_where_they_are_most_of_it_at_every_point() -> None:
    def points(*records: Record) -> list[tuple[float, list[Record]]]:
        return [(float(b), [each]) for b, each in zip((1, 8, 32), records, strict=False)]

    most = [weighed(b, 900_000 + 110 * b, 800_000 + 100 * b) for b in (1, 8, 32)]
    assert laws.is_tensors(points(*most))
    law = laws.tensor_law(points(*most))
    assert isinstance(law, Law)
    assert (law.fixed, law.per_item) == (pytest.approx(800_000), pytest.approx(100))
    assert laws.is_tensors(points(weighed(1, 4096, 800))), "the resident meter sees less"
    for other in (weighed(32, 900_000, None), weighed(32, 900_000, 400_000), weighed(32, 900_000, 800_000, children=0)):
        assert not laws.is_tensors(points(*most[:2], other))
    assert not laws.is_tensors(points(weighed(1, 0, 0)))
    assert not laws.is_tensors([])


def test_where_there_is_no_law_the_words_say_of_what() -> None:
    law = laws.fit((1.0, 2.0, 3.0), (1.0, 900.0, 1.0))
    assert laws.in_words(law, "m", "batch", quantities.BYTES).startswith("m: no straight line")


def test_peaks_of_a_few_pages_make_no_law() -> None:
    def weighed(unit: int) -> list[tuple[float, list[Record]]]:
        return [(b, [record_of(unit * (1 + b))]) for b in (1, 2, 3)]

    def record_of(peak: int) -> Record:
        return Record(
            case=Case(exercise="x", part="a", device="cpu", seed=0, parameters={}, variant="v"),
            outcome="ok",
            memory=Memory((peak,), 0, "VmHWM"),
        )

    assert laws.resident_law(weighed(4096)) == NoLaw("no law for 64 KiB or less, which the meter sees page by page")
    assert isinstance(laws.resident_law(weighed(409_600)), Law)


def bounded(b: tuple[float, ...], y: tuple[float, ...]) -> tuple[laws.Bounds, laws.Bounds]:
    law = fitted(b, y)
    assert law.fixed_bounds is not None
    assert law.per_item_bounds is not None
    return law.fixed_bounds, law.per_item_bounds


POWERS = tuple(float(2**exponent) for exponent in range(11))


@pytest.mark.parametrize(("fixed", "per_item"), [(1e-3, 1e-5), (1e-3, 1e-6), (0.0, 1e-4), (1e-3, 0.0)])
def test_the_intervals_of_both_costs_hold_what_is_true_as_often_as_they_say(fixed: float, per_item: float) -> None:
    rng = random.Random(3)
    hits = [0, 0]
    for _ in range(100):
        times = tuple((fixed + per_item * b) * math.exp(rng.gauss(0, 0.04)) for b in POWERS)
        for which, ((low, high), true) in enumerate(zip(bounded(POWERS, times), (fixed, per_item), strict=True)):
            hits[which] += low <= true <= high
    assert min(hits) >= 89


def test_an_interval_holds_its_cost_and_is_never_negative() -> None:
    for y in ((0.8, 1.9, 3.1, 4.2), (1.1, 1.0, 0.95, 1.0)):
        law = fitted((1.0, 2.0, 3.0, 4.0), y)
        for cost, bounds in ((law.fixed, law.fixed_bounds), (law.per_item, law.per_item_bounds)):
            assert bounds is not None
            assert 0 <= bounds[0] <= cost <= bounds[1]


def test_what_was_counted_is_known_to_the_rounding_of_the_fit() -> None:
    (low, high), (least, most) = bounded(POWERS, tuple(4096 + 96 * b for b in POWERS))
    assert low <= 4096 <= high
    assert high - low < 1e-3
    assert least <= 96 <= most


def test_three_values_have_wide_intervals() -> None:
    few = bounded((1.0, 2.0, 3.0), (1.0, 2.1, 3.0))[1]
    many = bounded((1.0, 2.0, 3.0, 4.0, 5.0), (1.0, 2.1, 3.0, 4.1, 5.0))[1]
    assert few[1] - few[0] > many[1] - many[0]


def test_intervals_in_words() -> None:
    times = tuple((4e-4 + 2.5e-5 * b) * (1 + 0.01 * (-1) ** place) for place, b in enumerate(POWERS))
    words = laws.with_intervals(fitted(POWERS, times), "t", "batch", quantities.SECONDS)
    assert words == "t = 400 ± 6 µs + 25.0 ± 0.3 µs · batch, within 1.1 %, bends at batch 16"
    none = laws.with_intervals(fitted(POWERS, tuple(96 * b for b in POWERS)), "m", "n", quantities.BYTES)
    assert none.startswith("m = (0 to ")
    assert "· n, within 0.1 %" in none
    wide = laws.with_intervals(fitted((1.0, 2.0, 3.0), (1.0, 1.9, 3.3)), "t", "n", quantities.SECONDS)
    assert wide.startswith("t = (0 to ")
    assert " s) · n" in wide or "± " in wide
    assert laws.with_intervals(NoLaw("why"), "t", "n", quantities.SECONDS) == "t: why"


def test_values_whose_squares_are_no_floats_have_no_law() -> None:
    """They had one whose intervals were of no width."""
    found = laws.fit([1.0, 3.0, 1e8, 1e300], [1e-240] * 4)
    assert found == laws.NoLaw("its interval is more than a float holds")
