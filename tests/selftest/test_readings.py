"""From records to slow-downs."""

import math

import pytest

from bench.model import Case, PartInfo, Record, Sample
from bench.selftest import again, planted, readings
from tests.selftest.planting import reading


def record(name: str, seconds: float, rounds: int = 5, exercise: str = planted.EXERCISE, **parameters: str) -> Record:
    case = Case(exercise=exercise, part="small", device="cpu", seed=2, parameters=dict(parameters), variant=name)
    samples = tuple(
        Sample(round=n, calls=1, seconds=seconds, laps=(seconds * (1 + 1e-3 * n), seconds)) for n in range(rounds)
    )
    return Record(case=case, outcome="ok", samples=samples)


PART = PartInfo(id="small", title="", kind="comparison", reference=planted.REFERENCE)


def test_a_slow_down_is_told_as_the_share_that_it_takes_more() -> None:
    (one,) = readings.readings_of(PART, [record(planted.REFERENCE, 1.0), record("5 % more", 1.05)])
    assert (one.planted, one.case, one.work, one.rounds) == (0.05, "small, seed 2", "planted", 5)
    assert one.slower == pytest.approx(0.05)
    assert one.low <= one.slower <= one.high
    assert one.is_found
    assert not one.is_wrong
    assert one.verdict == "slower"


def test_one_round_says_nothing() -> None:
    (one,) = readings.readings_of(PART, [record(planted.REFERENCE, 1.0, 1), record("again 1", 1.0, 1)])
    assert not one.is_sound
    assert math.isnan(one.half_width)


def test_the_half_width_is_that_of_the_logarithm() -> None:
    assert reading(0.1, 0.02).half_width == pytest.approx(0.02, rel=0.01)


def test_a_case_of_an_installed_exercise_keeps_its_name() -> None:
    one = record("again 1", 1.0, exercise=again.EXERCISE, again_of="here.ex10_batch:a.speed", batch="8")
    assert readings.label(one) == "ex10.a.speed batch=8, seed 2"
    assert readings.work_of(one) == "real"


def test_what_failed_is_kept_with_its_reason() -> None:
    case = record("again 1", 1.0).case
    (failure,) = readings.failures_of([Record(case=case, outcome="failed", reason="it raised")])
    assert failure == readings.Failure("small, seed 2", "failed: it raised", "planted")
