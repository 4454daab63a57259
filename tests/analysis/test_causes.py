"""Why a machine was busy: the largest of what was taken from a block, in words."""

from dataclasses import replace

import pytest

from bench.analysis import causes, statistics
from bench.analysis.causes import Taken
from bench.model import Case, Disturbance, Record, Sample

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0)


def record(*seconds: float, waited: float = 0.0, **disturbance: float) -> Record:
    samples = tuple(
        Sample(round=number, calls=1, seconds=each, laps=(each, each), waited=waited)
        for number, each in enumerate(seconds)
    )
    return Record(case=CASE, outcome="ok", samples=samples, disturbance=Disturbance(seconds=1.0, **disturbance))


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        (Taken(waited=0.38), "others had 38 % of this core"),
        (Taken(waited=0.07, stolen=0.12), "the hypervisor took 12 % of this core"),
        (Taken(waited=0.22, throttled=0.2), "the quota of its container stopped it for 20 % of the time"),
    ],
)
def test_the_cause_is_named(taken: Taken, words: str) -> None:
    assert taken.is_busy
    assert taken.words == words


def test_a_little_is_no_cause() -> None:
    assert not Taken(waited=causes.BUSY, stolen=causes.BUSY, throttled=causes.BUSY).is_busy
    assert not causes.NOTHING.is_busy


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"stolen": 0.12}, "inconclusive: the machine was busy (the hypervisor took 12 % of this core)"),
        (
            {"throttled": 0.2},
            "inconclusive: the machine was busy (the quota of its container stopped it for 20 % of the time)",
        ),
        ({"load": 9.0, "switches": 900}, "unstable: 0.67 to 1.5 times as fast"),
    ],
)
def test_it_explains_a_ratio_that_says_nothing(how: dict[str, float], words: str) -> None:
    ours, reference = record(1.0, 1.4, 0.7, 1.3, 0.8, **how), record(1.0, 1.0, 1.0, 1.0, 1.0, **how)
    assert statistics.in_words(statistics.ratio(ours, reference)) == words


def test_records_of_runs_that_did_not_measure_it_have_none() -> None:
    old = replace(record(1.0, waited=0.5), disturbance=None)
    assert causes.taken([old, old]) == Taken(waited=0.5)
