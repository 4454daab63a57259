"""What is said of noise, in one line, and only where something was timed."""

from dataclasses import replace

import pytest

from bench.model import NoiseFloor, Run
from bench.report import noise

FLOOR = NoiseFloor(
    created="2026-11-24T16:01:00+00:00",
    widths={"small operations": 0.004, "convolution": 0.018},
    waited=0.001,
    wander=1.05,
    cpu="AMD",
    cores=2,
    threads=1,
    boot="one",
)


def test_a_floor_that_was_known_is_quoted(run: Run) -> None:
    known = replace(run, floor=FLOOR)
    assert noise.of_run(known) == "noise floor of this machine: ± 1.8 % (bench doctor --noise, 2 hours before)"
    assert noise.of_run(replace(known, profile="full")).startswith("noise floor of this machine in profile quick: ")
    assert noise.hint(known) == ""


def test_without_one_the_run_says_what_its_own_ratios_are_known_to(run: Run) -> None:
    words = noise.of_run(run)
    assert words.startswith("ratios here are known to ± ")
    assert "; widest ± " in words
    assert noise.hint(run) == "; `bench doctor --noise` measures this machine's floor"
    assert noise.hint(replace(run, devices=("cuda",))) == ""


def test_where_nothing_was_timed_nothing_is_said(run: Run) -> None:
    untimed = tuple(record for record in run.records if not record.samples)
    assert noise.of_run(replace(run, records=untimed, floor=FLOOR)) == ""


def test_a_quiet_machine_needs_nothing() -> None:
    lines = {line.what: line for line in noise.of_floor(replace(FLOOR, widths={"convolution": 0.009}))}
    assert lines["noise floor"].state == (
        "a change below about 0.9 % cannot be seen here in profile quick (convolution ± 0.9 %)"
    )
    assert lines["waiting"].state == "0.1 % of the time without a core"
    assert not any(line.mend for line in lines.values())
    assert lines.keys() == {"noise floor", "waiting", "speed"}


def test_each_kind_of_noise_has_its_remedy() -> None:
    noisy = replace(FLOOR, widths={"convolution": 0.2}, waited=0.3, wander=1.6, stolen=0.05, throttled=0.2)
    lines = {line.what: line for line in noise.of_floor(noisy)}
    assert lines.keys() == {"noise floor", "waiting", "steal", "throttling", "speed"}
    assert all(line.mend for line in lines.values())
    assert "1.6 times as slow" in lines["speed"].state


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ("2026-11-28T11:59:30+00:00", "moments"),
        ("2026-11-28T11:59:00+00:00", "1 minute"),
        ("2026-11-28T09:30:00+00:00", "2 hours"),
        ("2026-11-25T12:00:00+00:00", "3 days"),
        ("2026-11-28T13:00:00+00:00", "moments"),
        ("yesterday", "some time"),
        ("2026-11-28T09:30:00", "some time"),
    ],
)
def test_an_age_in_words(then: str, words: str) -> None:
    assert noise.age(then, "2026-11-28T12:00:00+00:00") == words
