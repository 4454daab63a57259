"""From samples to verdicts, against numbers worked out by hand."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis import statistics
from bench.errors import BenchError
from bench.model import Case, Record, Sample, Work

CASE = Case(exercise="ex07", part="b", device="cpu", seed=0, parameters={"batch": 8}, variant="by hand")


def record(*rounds: float, variant: str = "by hand", calls: int = 4) -> Record:
    """One block in each round, of so many seconds a call."""
    samples = tuple(Sample(round=number, calls=calls, seconds=seconds * calls) for number, seconds in enumerate(rounds))
    return Record(case=replace(CASE, variant=variant), outcome="ok", samples=samples)


def test_a_round_counts_once_by_its_median() -> None:
    blocks = [Sample(round=0, calls=2, seconds=seconds) for seconds in (2.0, 2.2, 90.0)] + [
        Sample(round=1, calls=2, seconds=6.0)
    ]
    assert statistics.rounds(Record(case=CASE, outcome="ok", samples=tuple(blocks))) == {0: 1.1, 1: 3.0}


def test_gpu_time_is_taken_where_there_is_one() -> None:
    assert statistics.seconds_per_call(Sample(round=0, calls=10, seconds=5.0, gpu_seconds=4.0)) == 0.4
    assert statistics.seconds_per_call(Sample(round=0, calls=10, seconds=5.0)) == 0.5


def test_the_estimate_is_a_geometric_mean_with_students_interval() -> None:
    interval = statistics.estimate(record(1.0, math.e, math.e**2))
    assert interval is not None
    # Logarithms 0, 1, 2: mean 1, standard deviation 1; t(2 degrees, 97.5 %) = 4.3027 (any table of Student's t).
    half = 4.30265 / math.sqrt(3)
    assert interval.centre == pytest.approx(math.e)
    assert interval.low == pytest.approx(math.exp(1 - half), rel=1e-5)
    assert interval.high == pytest.approx(math.exp(1 + half), rel=1e-5)
    assert interval.rounds == 3


def test_one_round_has_no_interval_and_no_verdict() -> None:
    interval = statistics.estimate(record(2.0))
    assert interval == statistics.Interval(2.0, None, None, 1)
    ratio = statistics.ratio(record(1.0), record(2.0, variant="autograd"))
    assert ratio is not None
    assert ratio.verdict is None
    assert statistics.in_words(ratio) == "about 2 times as fast (one round: no verdict)"


def test_no_sample_gives_nothing() -> None:
    assert statistics.estimate(record()) is None
    assert statistics.ratio(record(), record(1.0)) is None
    assert statistics.in_words(None) == "not timed"


def test_pairing_by_round_takes_away_what_both_share() -> None:
    slow_moments = (1.0, 3.0, 0.5, 7.0)
    reference = record(*(2 * moment for moment in slow_moments), variant="autograd")
    ratio = statistics.ratio(record(*slow_moments), reference)
    assert ratio is not None
    assert ratio.centre == pytest.approx(2)
    assert ratio.low == pytest.approx(2)
    assert ratio.verdict == "faster"
    unpaired = statistics.estimate(record(*slow_moments))
    assert unpaired is not None
    assert unpaired.high is not None
    assert unpaired.high > 4 * unpaired.centre


def test_rounds_that_only_one_has_are_left_out() -> None:
    ratio = statistics.ratio(record(1.0, 1.0, 1.0), record(2.0, 2.0, variant="autograd"))
    assert ratio is not None
    assert ratio.rounds == 2


@pytest.mark.parametrize(
    ("times", "verdict", "words"),
    [
        ((2.0, 2.1, 1.9, 2.0), "faster", r"2\.00 ± 0\.13 times faster"),
        ((0.5, 0.51, 0.49, 0.5), "slower", r"2\.00 ± 0\.05 times slower"),
        ((1.01, 0.99, 1.02, 0.98), "no change detected", "no change detected"),
        ((0.5, 2.0, 1.0, 3.0), "unstable", r"unstable: 0\.\d+ to \d[.\d]* times as fast"),
        ((0.01, 9.0, 40.0, 0.1), "unstable", "unstable: the rounds differ too much"),
        ((4.0, 30.0, 9.0, 60.0), "faster", r"[\d.]+ to \d+ times faster"),
    ],
)
def test_verdicts(times: tuple[float, ...], verdict: str, words: str) -> None:
    ratio = statistics.ratio(record(1.0, 1.0, 1.0, 1.0), record(*times, variant="autograd"))
    assert ratio is not None
    assert ratio.verdict == verdict
    assert re.fullmatch(words, statistics.in_words(ratio))


def test_a_wide_interval_around_one_is_not_called_no_change() -> None:
    inside = statistics.Interval(1.0, 1 / statistics.UNSTABLE + 1e-6, statistics.UNSTABLE - 1e-6, 5)
    assert statistics.verdict(inside) == "no change detected"
    assert statistics.verdict(replace(inside, high=statistics.UNSTABLE + 1e-6)) == "unstable"
    assert statistics.verdict(replace(inside, low=1 / statistics.UNSTABLE - 1e-6)) == "unstable"


@pytest.mark.parametrize(
    ("what", "value"), [("device", "cuda"), ("seed", 1), ("parameters", {"batch": 9}), ("part", "c"), ("exercise", "x")]
)
def test_records_of_different_work_are_not_compared(what: str, value: object) -> None:
    other = record(1.0, 1.0, variant="autograd")
    other = replace(other, case=replace(other.case, **{what: value}))
    with pytest.raises(BenchError, match=what):
        statistics.ratio(record(1.0, 1.0), other)


def test_throughput_is_work_over_time_with_its_interval_turned() -> None:
    timed = replace(record(0.5, 0.5, 0.4), work=Work(100, "images"))
    seconds, rate = statistics.estimate(timed), statistics.throughput(timed)
    assert seconds is not None
    assert seconds.high is not None
    assert rate is not None
    assert rate.centre == pytest.approx(100 / seconds.centre)
    assert rate.low == pytest.approx(100 / seconds.high)
    assert statistics.throughput(record(0.5)) is None


def test_the_p_value_is_that_of_students_t() -> None:
    # t = 2 / (1 / √3) = 3.4641 with 2 degrees of freedom: P(|T| > t) = 1 - t / √(t² + 2) (the closed form).
    assert statistics.chance([1.0, 2.0, 3.0]) == pytest.approx(1 - 3.4641016 / math.sqrt(12 + 2))
    assert statistics.chance([-1.0, -2.0, -3.0]) == statistics.chance([1.0, 2.0, 3.0])
    assert statistics.chance([1.0]) is None
    assert statistics.chance([0.5, 0.5]) == 0.0
    assert statistics.chance([0.0, 0.0]) == 1.0


@given(st.lists(st.floats(0.5, 2), min_size=2, max_size=8))
def test_an_interval_leaves_1_out_where_its_p_value_is_small(faster: list[float]) -> None:
    ratio = statistics.ratio(record(*(1.0 for _ in faster)), record(*faster, variant="autograd"))
    assert ratio is not None
    assert ratio.p is not None
    if not math.isclose(ratio.p, 1 - ratio.level, rel_tol=1e-6):
        assert (ratio.verdict in ("faster", "slower")) == (ratio.p < 1 - ratio.level)


times = st.lists(st.floats(1e-9, 1e3), min_size=2, max_size=12)


@given(times)
def test_the_interval_holds_the_centre_and_lies_above_zero(seconds: list[float]) -> None:
    interval = statistics.estimate(record(*seconds))
    assert interval is not None
    assert interval.low is not None
    assert interval.high is not None
    assert 0 < interval.low <= interval.centre * (1 + 1e-9)
    assert interval.centre <= interval.high * (1 + 1e-9)
    assert min(seconds) * (1 - 1e-9) <= interval.centre <= max(seconds) * (1 + 1e-9)


@given(times, st.floats(1e-3, 1e3))
def test_a_change_of_units_changes_nothing_else(seconds: list[float], factor: float) -> None:
    plain, scaled = statistics.estimate(record(*seconds)), statistics.estimate(record(*(s * factor for s in seconds)))
    assert plain is not None
    assert scaled is not None
    assert plain.low is not None
    assert scaled.centre == pytest.approx(plain.centre * factor)


@given(times, st.data())
def test_turning_a_ratio_around_turns_its_verdict_around(ours: list[float], data: st.DataObject) -> None:
    theirs = data.draw(st.lists(st.floats(1e-9, 1e3), min_size=len(ours), max_size=len(ours)))
    there = statistics.ratio(record(*ours), record(*theirs))
    back = statistics.ratio(record(*theirs), record(*ours))
    assert there is not None
    assert back is not None
    assert there.centre == pytest.approx(1 / back.centre)
    bounds = (1, statistics.UNSTABLE, 1 / statistics.UNSTABLE)
    if not any(math.isclose(end or 0, bound, rel_tol=1e-9) for end in (there.low, there.high) for bound in bounds):
        turned = {"faster": "slower", "slower": "faster"}
        assert turned.get(str(there.verdict), there.verdict) == back.verdict


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (1.001, 1.004, "no change detected"),
        (1.004, 1.02, "no change detected"),
        (1.0051, 1.02, "faster"),
        (0.98, 0.996, "no change detected"),
        (0.98, 0.9949, "slower"),
    ],
)
def test_what_memory_alone_can_make_is_no_difference(low: float, high: float, says: str) -> None:
    """In runs with laps; those of before there were laps tell what their intervals tell."""
    interval = statistics.Interval((low * high) ** 0.5, low, high, 5)
    assert statistics.verdict(interval, statistics.UNSTABLE_LAPS, False, statistics.LEAST) == says
    assert statistics.verdict(interval) == ("faster" if low > 1 else "slower")
