"""A sweep of simulated records: points, laws, knee, against what they were made from."""

import math
import random

import pytest

from bench.analysis import measured
from bench.analysis.comparisons import sweeps
from bench.analysis.laws import Law, NoLaw
from bench.analysis.measured import Measured
from bench.model import Case, Memory, Record, Sample, Work

VALUES = tuple(4**exponent for exponent in range(6))
FIXED, PER_ITEM = 1e-3, 5e-5
HELD, BYTES = 1 << 20, 4096


def record(n: int, rng: random.Random, *, outcome: str = "ok", unit: str = "numbers", calls: int = 1) -> Record:
    times = [(FIXED + PER_ITEM * n) * math.exp(rng.gauss(0, 0.03)) for _ in range(5)]
    return Record(
        case=Case(exercise="ex99", part="a", device="cpu", seed=0, parameters={"n": n}, variant="own"),
        outcome=outcome,  # type: ignore[arg-type]
        reason="" if outcome == "ok" else "why",
        samples=tuple(Sample(round=number, calls=calls, seconds=calls * time) for number, time in enumerate(times)),
        memory=Memory((HELD + BYTES * n + 500,), 0, "VmHWM", tensors=HELD + BYTES * n),
        work=Work(n, unit) if unit else None,
    )


def measure(*records: Record) -> Measured:
    (sweep,) = sweeps(records, "n")
    (found,) = measured.of(sweep)
    return found


def test_hundred_sweeps_hold_their_laws_exponents_and_knee() -> None:
    rng = random.Random(11)
    hits = dict.fromkeys(("fixed", "per_item", "exponent", "knee"), 0)
    rates = [n / (FIXED + PER_ITEM * n) for n in VALUES]
    knee = next(n for n, rate in zip(VALUES, rates, strict=True) if rate >= 0.95 * max(rates))
    exponent = math.log((FIXED + PER_ITEM * 64) / (FIXED + PER_ITEM * 16)) / math.log(4)
    for _ in range(100):
        found = measure(*(record(n, rng, calls=3) for n in VALUES))
        assert isinstance(found.time_law, Law)
        assert found.time_law.fixed_bounds is not None
        assert found.time_law.per_item_bounds is not None
        assert found.knee is not None
        step = found.points[3].exponent
        assert step is not None
        for name, (low, high), true in (
            ("fixed", found.time_law.fixed_bounds, FIXED),
            ("per_item", found.time_law.per_item_bounds, PER_ITEM),
            ("exponent", (step.low, step.high), exponent),
            ("knee", (found.knee.low, found.knee.high), knee),
        ):
            assert low is not None
            assert high is not None
            hits[name] += low <= true <= high
    assert min(hits.values()) >= 89, hits


def test_the_law_of_memory_is_what_was_counted() -> None:
    found = measure(*(record(n, random.Random(1)) for n in VALUES))
    assert isinstance(found.memory_law, Law)
    assert found.meter == "tensors"
    assert (found.memory_law.fixed, found.memory_law.per_item) == pytest.approx((HELD, BYTES))
    time, memory = found.laws_in_words
    assert time.startswith("t = ")
    assert memory.startswith("m (tensors) = 1 MiB + 4 KiB · n")


def test_a_value_that_died_has_its_reason_and_no_number() -> None:
    rng = random.Random(2)
    found = measure(*(record(n, rng) for n in VALUES[:4]), record(256, rng, outcome="oom"))
    assert found.points[-1] == measured.Point(value=256, outcome="oom", reason="why")
    assert found.points[0].exponent is None
    assert all(point.exponent for point in found.points[1:4])


def test_rates_are_of_the_work_or_of_the_value() -> None:
    declared, bare = (measure(*(record(n, random.Random(3), unit=unit) for n in VALUES)) for unit in ("images", ""))
    assert (declared.unit, bare.unit) == ("images", "n")
    assert declared.points[3].rate == bare.points[3].rate


def test_one_value_alone_has_no_law_and_no_knee() -> None:
    found = measure(record(8, random.Random(4)))
    assert isinstance(found.time_law, NoLaw)
    assert found.knee is None
    assert found.points[0].time is not None
    assert found.knee_in_words.startswith("no knee")
