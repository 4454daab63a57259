"""A machine is busy where others had more of it than a share, and it is said with the figure."""

import pytest

from bench.model import Case, Record, Sample
from bench.selftest import surroundings
from bench.selftest.surroundings import Surroundings, Watch


def test_a_quiet_machine_has_no_reason() -> None:
    assert Surroundings(cores=2).busy == ""
    assert Surroundings(cores=2, others=0.05, stolen=0.02, waited=0.01).busy == ""


def test_every_reason_is_said_with_its_figure() -> None:
    told = Surroundings(cores=2, others=0.38, stolen=0.031, waited=0.053).busy
    assert told == (
        "other processes used 38 % of its cores; its host took 3.1 % of its time; "
        "timed blocks waited 5.3 % of their time for a core"
    )


@pytest.fixture
def counters(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    given = {"now": 0.0, "own": 0.0, "busy": 100.0, "stolen": 0.0}
    monkeypatch.setattr(surroundings.clock, "now", lambda: given["now"])
    monkeypatch.setattr(surroundings, "own_seconds", lambda: given["own"])
    monkeypatch.setattr(surroundings, "machine_seconds", lambda: (given["busy"], given["stolen"]))
    return given


def test_what_is_not_ours_is_others(counters: dict[str, float]) -> None:
    watch = Watch(start=0.0, ours=0.0, machine=(100.0, 0.0))
    counters |= {"now": 10.0, "own": 9.0, "busy": 115.0, "stolen": 1.0}
    case = Case(exercise="a", part="b", device="cpu", seed=0)
    samples = (Sample(round=0, calls=1, seconds=1.0, laps=(1.0,), waited=0.25),)
    seen = watch.surroundings(2, [Record(case=case, outcome="ok", samples=samples)])
    assert seen == Surroundings(cores=2, others=0.3, stolen=0.05, waited=0.25)


def test_a_system_that_does_not_say_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(surroundings, "machine_seconds", lambda: None)
    assert Watch().surroundings(2, []) == Surroundings(cores=2)


def test_the_counters_are_there() -> None:
    machine = surroundings.machine_seconds()
    assert machine is None or machine[0] > 0
    assert surroundings.own_seconds() > 0
