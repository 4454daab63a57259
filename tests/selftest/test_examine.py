"""From the tasks to the report: what each part of the selftest makes of what came back."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench.model import Case, Findings, Memory, Metric, Observation, Record, Sample, Task, VariantResult
from bench.results.store import StoreError
from bench.selftest import examine, known, planted
from bench.selftest.examine import EFFORTS, Selftest
from bench.selftest.surroundings import Watch


def weighing(memory: Memory | None, outcome: Any = "ok", reason: str = "") -> Observation:
    task = Task("weigh", Case(exercise="known", part="spike", device="cpu", seed=0))
    variants = {"spike": VariantResult(memory=memory)} if memory else {}
    return Observation(task=task, outcome=outcome, reason=reason, variants=variants)


def test_a_peak_is_read_and_its_meter_named() -> None:
    one = examine.weighed("allocation", 8e6, weighing(Memory((8_100_000,), 0, "VmHWM")))
    assert (one.measured, one.note) == (8_100_000, "VmHWM")


def test_a_spike_is_not_asked_of_a_meter_that_samples() -> None:
    memory = Memory((0,), 0, "psutil, sampled every ms")
    one = examine.weighed("spike", 1e6, weighing(memory))
    assert (one.measured, one.note) == (None, "not here: memory is psutil, sampled every ms")
    assert examine.weighed("allocation", 8e6, weighing(memory)).measured == 0


def test_a_weighing_that_failed_says_why() -> None:
    assert examine.weighed("spike", 1e6, weighing(None, "oom", "no memory")).note == "oom: no memory"
    assert examine.weighed("spike", 1e6, weighing(None, "skipped", "too slow")).note == "not here: too slow"


def test_an_allocation_that_does_not_fit_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.results.environment.memory_left", lambda: 1_000_000_000)
    peak = Memory((1,), 0, "VmHWM")
    workshop: Any = SimpleNamespace(device="cpu", weigh=lambda case: weighing(peak))
    *some, large, _ = examine.weighings(workshop)
    assert [each.measured for each in some] == [1, 1]
    assert (large.measured, large.note) == (None, "not here: only 1,000 MB of memory are free")


def workshop_with(record: Record) -> Any:
    return SimpleNamespace(device="cpu", run=lambda tasks: SimpleNamespace(records=(record,)))


def test_a_spin_is_the_time_of_its_call() -> None:
    case = Case(exercise="known", part="spin", device="cpu", seed=0, parameters={"milliseconds": 1.0}, variant="spin")
    samples = tuple(Sample(round=n, calls=2, seconds=0.00202, laps=(0.00202,)) for n in range(3))
    (one,) = examine.spins(workshop_with(Record(case=case, outcome="ok", samples=samples)))
    assert (one.expected, one.measured) == (1e-3, pytest.approx(1.01e-3))
    (one,) = examine.spins(workshop_with(Record(case=case, outcome="failed", reason="it raised")))
    assert (one.measured, one.note) == (None, "failed: it raised")


def test_nothing_is_read_from_its_metric() -> None:
    case = Case(exercise="known", part="nothing", device="cpu", seed=0)
    findings = Findings(metrics=(Metric(name=known.NOTHING, value=5e-8, unit="s"),))
    assert examine.nothing(workshop_with(Record(case=case, outcome="ok", findings=findings))).measured == 5e-8
    failed = examine.nothing(workshop_with(Record(case=case, outcome="failed", reason="it raised")))
    assert (failed.measured, failed.note) == (None, "failed: it raised")


def test_every_kind_of_planted_work_comes_before_any_comes_again() -> None:
    cases = examine.planted_cases("cpu", EFFORTS["quick"])
    assert [case.part for case in cases[:5]] == list(planted.exercise.parts)
    assert [case.seed for case in cases[::5]] == [0, 1, 2, 3]


def test_what_is_installed_comes_in_an_order_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [
        [Case(exercise="again", part="again", device="cpu", seed=seed, parameters={"again_of": f"m:{n}"})
         for n in range(30)]
        for seed in (0, 1)
    ]  # fmt: skip
    monkeypatch.setattr(examine, "look_at", lambda selections, executor: ([], ()))
    monkeypatch.setattr(examine.again, "cases", lambda described, device, seeds: cases[seeds[0]])
    drawn = examine.real_cases([], None, "cpu")  # type: ignore[arg-type]
    assert drawn == examine.real_cases([], None, "cpu")  # type: ignore[arg-type]
    assert drawn[:30] != cases[0]
    assert set(drawn[:30]) == set(cases[0])
    assert set(drawn[30:]) == set(cases[1])


def test_the_budgets_are_below_what_is_promised() -> None:
    assert EFFORTS["quick"].seconds < 120
    assert EFFORTS["full"].seconds < 900
    assert 2 * EFFORTS["full"].real_cases >= 200


def test_a_report_without_a_run_passes_nothing(tmp_path: Path) -> None:
    from bench.model import Environment
    from bench.selftest.judge import passed

    where = Environment(python="", torch="", platform="", cpu="", cores=2, memory=0, threads=1)
    workshop: Any = SimpleNamespace(runs=[], environment=where, command=(), device="cpu")
    report = Selftest(workshop, "quick", Watch()).report()
    assert not passed(report.checks)


def test_what_was_measured_before_a_disk_is_full_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def compare(cases: object, seconds: float, what: str) -> None:
        done.append(what)
        if len(done) == 2:
            raise StoreError("no space left")

    for name in ("spins", "weighings"):
        monkeypatch.setattr(examine, name, lambda workshop: iter(()))
    monkeypatch.setattr(examine, "nothing", lambda workshop: "nothing")
    monkeypatch.setattr(examine, "real_cases", lambda *_: [])
    workshop: Any = SimpleNamespace(
        device="cpu", executor=None, listener=SimpleNamespace(say=done.append), compare=compare
    )
    done.clear()
    test = Selftest(workshop, "quick", Watch())
    workshop.listener.say = lambda words: None
    test.measure([])
    assert done == ["planted slow-downs", "installed exercises against themselves"]
    assert (test.measures, test.refused) == (("nothing",), "no space left")
