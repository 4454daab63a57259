"""What went wrong, each in words: the same on a terminal and elsewhere."""

from __future__ import annotations

from dataclasses import replace

from bench.model import Broken
from bench.report import failures
from bench.report.failures import Failure
from tests import places
from tests.two_runs import found, run, timed


def test_claims_come_first_then_plugins_then_cases() -> None:
    wrong = replace(timed(), outcome="disagrees", reason="it is −1 ×")
    told = failures.of_run(run("a", wrong, found({"error": 2.0, "fine": 0.5}), broken=(Broken("ex99", "no torch"),)))
    assert list(told) == [
        Failure("claim", "ex01.a", "error: 2 > 1 (cpu, seed 0; 0 of 1 hold)"),
        Failure("broken", "ex99", "could not be loaded: no torch"),
        Failure("case", "ex01.a.speed mine (n=1; cpu, seed 0)", "disagrees: it is −1 ×"),
    ]


def test_what_was_left_out_is_mild_unless_something_is_missing() -> None:
    skipped = replace(timed(), outcome="skipped", reason="needs two")
    (mild,) = failures.of_run(run("a", skipped))
    (missing,) = failures.of_run(run("a", replace(skipped, missing=True)))
    assert (mild.is_mild, missing.is_mild) == (True, False)


def test_a_run_that_is_well_has_none() -> None:
    assert not list(failures.of_run(run("a", timed(), found({"c": 0.5}))))


def test_of_several_places_each_failure_names_its_own() -> None:
    wrong = replace(timed(), outcome="failed", reason="it died")
    spread = places.spread(run("a", wrong, found({"error": 0.5})), lambda r: "node-2" if r.case.variant else "node-1")
    (told,) = failures.of_run(spread)
    assert told.what == "ex01.a.speed mine (n=1; cpu, seed 0) on node-2"
