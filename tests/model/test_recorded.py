"""A record passes when nothing went wrong: neither the case nor a claim."""

from dataclasses import replace

import pytest

from bench.model import Case, Claim, Findings, Outcome, Record
from tests import places
from tests.report import sample

CASE = Case(exercise="ex01", part="a", device="cpu", seed=0)
HOLDS, FAILS = Claim("holds", 1, "equals", 1), Claim("fails", 2, "equals", 1)


@pytest.mark.parametrize(
    ("outcome", "passed"),
    [("ok", True), ("skipped", True), ("disagrees", False), ("failed", False), ("timeout", False), ("oom", False)],
)
def test_only_what_ran_or_was_left_out_passes(outcome: Outcome, passed: bool) -> None:
    assert Record(case=CASE, outcome=outcome).passed is passed


def test_a_claim_that_fails_fails_its_record() -> None:
    record = Record(case=CASE, outcome="ok", findings=Findings(claims=(HOLDS, FAILS, HOLDS)))
    assert record.failed_claims == (FAILS,)
    assert not record.passed
    assert Record(case=CASE, outcome="ok", findings=Findings(claims=(HOLDS,))).passed


def test_what_was_done_on_one_place_is_a_run_of_that_place_alone() -> None:
    whole = sample.build(hostile=False, devices=("cpu", "cuda"))
    run = places.spread(replace(whole, peaks=(places.PEAK,)), places.by_device)
    second = run.only("node-2")
    assert not second.is_spread
    assert {record.case.device for record in second.records} == {"cuda"}
    assert second.environment.cpu == "Intel Xeon Platinum 8481C"
    assert (second.floor, [peak.place for peak in second.peaks]) == (run.elsewhere["node-2"].floor, ["node-2"])
    assert sum(len(run.only(name).records) for name in run.places) == len(run.records)


def test_what_names_no_place_is_of_the_first() -> None:
    run = replace(sample.build(hostile=False), peaks=(places.PEAK,))
    assert run.peaks_at("") == run.peaks_at(run.environment.host) == (places.PEAK,)
    assert run.only(run.where(run.records[0])) == run
