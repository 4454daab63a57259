"""The verdicts of the selftest on planted results: what is wrong fails, and what is not a number never passes."""

from dataclasses import fields, replace
from typing import Any

import pytest

from bench.selftest import judge
from bench.selftest.readings import Failure, Measure, Reading
from bench.selftest.surroundings import Surroundings
from tests.selftest.planting import BUSY, QUIET, measures, reading, sound


def states(readings: list[Reading] | None = None, surroundings: Surroundings = QUIET, **more: Any) -> dict[str, str]:
    """What is asked, and the state that it is in."""
    given = {"measures": measures(), "failures": ()} | more
    checks = judge.judge(sound() if readings is None else readings, surroundings=surroundings, **given)
    return {check.what: check.state for check in checks}


def wrong(**given: Any) -> set[str]:
    return {what for what, state in states(**given).items() if state != "holds"}


def spoilt(count: int, *, planted: float = 0.0, work: str = "planted", **change: Any) -> list[Reading]:
    """The sound readings, of which ``count`` of one kind are changed."""
    readings = sound()
    which = [n for n, each in enumerate(readings) if (each.planted, each.work) == (planted, work)]
    for n in which[:count]:
        readings[n] = replace(readings[n], **change)
    return readings


def test_sound_results_hold() -> None:
    assert wrong() == set()
    assert wrong(surroundings=BUSY) == set()


@pytest.mark.parametrize("surroundings", [QUIET, BUSY])
def test_a_false_alarm_too_many_fails_beside_whomever(surroundings: Surroundings) -> None:
    alarm = {"low": 0.001, "high": 0.01}
    assert wrong(readings=spoilt(18, work="real", **alarm), surroundings=surroundings) == set()
    what = {"false alarms, installed exercises"}
    assert wrong(readings=spoilt(19, work="real", **alarm), surroundings=surroundings) == what


def test_an_alarm_is_one_in_both_directions() -> None:
    assert reading(low=-0.02, high=-0.01).is_alarm
    assert reading(low=0.01, high=0.02).is_alarm
    assert not reading().is_alarm


def test_a_slow_down_that_is_missed_too_often_fails() -> None:
    missed = {"low": -0.01, "high": 0.11}
    for share, most in ((0.05, 4), (0.02, 13), (0.1, 4)):
        what = {f"a slow-down of {100 * share:g} % is found"}
        assert wrong(readings=spoilt(most, planted=share, **missed)) == set()
        assert wrong(readings=spoilt(most + 1, planted=share, **missed)) == what


def test_beside_others_a_large_one_may_be_inconclusive_and_not_missed() -> None:
    missed = {"low": -0.2, "high": 0.3}
    what = "a slow-down of 5 % is found"
    told = spoilt(20, planted=0.05, verdict="busy", **missed)
    assert states(told, BUSY)[what] == "holds"
    assert states(told, QUIET)[what] == "fails"
    assert states(spoilt(20, planted=0.05, verdict="unstable", **missed), BUSY)[what] == "fails"
    small = spoilt(20, planted=0.02, verdict="unstable", **missed)
    assert states(small, BUSY)["a slow-down of 2 % is found"] == "not judged"


def test_few_tries_are_not_judged() -> None:
    few = [each for each in sound() if each.planted in (0, 0.05)] + [reading(size) for size in (0.02, 0.1)]
    assert states(few)["a slow-down of 2 % is found"] == "not judged"


def test_wide_intervals_fail_unless_the_machine_was_busy() -> None:
    one = spoilt(1, work="real", low=-0.06, high=0.06)
    assert wrong(readings=one) == {"largest half-width of a ratio"}
    many = spoilt(101, work="real", low=-0.02, high=0.02)
    assert wrong(readings=many) == {"median half-width of a ratio"}
    assert states(many, BUSY)["median half-width of a ratio"] == "not judged"


def test_what_is_measured_must_be_what_was_planted() -> None:
    off = spoilt(11, planted=0.1, slower=0.106)
    assert wrong(readings=off) == {"a slow-down of 10 % is measured as"}
    assert states(off, BUSY)["a slow-down of 10 % is measured as"] == "not judged"


@pytest.mark.parametrize(
    ("what", "expected", "good", "bad"),
    [
        ("spin", 1e-3, (0.991e-3, 1.009e-3), (0.97e-3, 1.03e-3)),
        ("allocation", 8e6, (6e6, 10e6), (0.0, 18e6)),
        ("allocation", 512e6, (505e6, 519e6), (500e6, 522e6)),
        ("spike", 1e6, (0.6e6, 1.1e6), (0.0, 0.4e6)),
        ("nothing", 0, (1e-9, 4e-7), (6e-7,)),
    ],
)
def test_what_is_known_is_measured_so(
    what: Any, expected: float, good: tuple[float, ...], bad: tuple[float, ...]
) -> None:
    def state(measured: float | None, note: str = "") -> str:
        measure = Measure(what=what, expected=expected, measured=measured, note=note)
        return judge.of_known_size(measure, QUIET, "cpu").state

    assert {state(value) for value in good} == {"holds"}
    assert {state(value) for value in (*bad, float("nan"))} == {"fails"}
    assert state(None, "failed: SIGKILL") == "fails"
    assert state(None, "not here: no memory") == "not judged"


def test_a_gpu_has_two_percent_and_a_busy_machine_is_not_judged() -> None:
    off = Measure(what="spin", expected=1e-3, measured=1.015e-3)
    assert judge.of_known_size(off, QUIET, "cuda").state == "holds"
    assert judge.of_known_size(off, BUSY, "cpu").state == "not judged"
    # Memory does not depend on what others do.
    assert judge.of_known_size(Measure(what="allocation", expected=8e6, measured=2e7), BUSY, "cpu").state == "fails"


def test_no_ratio_at_all_fails() -> None:
    checks = states([])
    assert {state for what, state in checks.items() if "spin" not in what and "of" in what} >= {"fails"}
    assert all(checks[what] == "fails" for what in checks if what.startswith(("false", "median", "largest", "a slow")))
    assert "a slow-down of 5 % is found" in checks


@pytest.mark.parametrize("surroundings", [QUIET, BUSY])
@pytest.mark.parametrize("field", ["slower", "low", "high"])
@pytest.mark.parametrize("place", [0, 200, 240, 241, 242])
def test_what_is_not_a_number_never_passes(surroundings: Surroundings, field: str, place: int) -> None:
    readings = sound()
    readings[place] = replace(readings[place], **{field: float("nan")})
    assert "fails" in states(readings, surroundings).values()


def test_surroundings_that_are_not_numbers_excuse_nothing() -> None:
    unknown = Surroundings(cores=2, **{f.name: float("nan") for f in fields(Surroundings) if f.name != "cores"})
    wide = spoilt(101, work="real", low=-0.02, high=0.02)
    assert states(wide, unknown)["median half-width of a ratio"] == "fails"


def test_work_of_our_own_must_run() -> None:
    theirs = Failure("ex04.a.speed", "skipped: no data", "real")
    ours = Failure("small", "failed: it raised", "planted")
    assert wrong(failures=(theirs,)) == set()
    assert wrong(failures=(theirs, ours)) == {"cases without a ratio"}


def test_the_sum_in_words() -> None:
    checks = judge.judge(spoilt(101, work="real", low=-0.02, high=0.02), measures(), (), QUIET)
    assert judge.in_words(checks, QUIET) == "14 of 15 checks hold, 1 does not"
    assert not judge.passed(checks)
    busy = judge.judge(spoilt(101, work="real", low=-0.02, high=0.02), measures(), (), BUSY)
    assert judge.passed(busy)
    assert judge.in_words(busy, BUSY) == (
        "14 of 15 checks hold, 1 was not judged; this machine was busy: other processes used 50 % of its cores"
    )
