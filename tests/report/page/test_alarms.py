"""What went wrong, first of all."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bench.model import Case, Claim, Findings, Record, Run
from bench.report.page import alarms, view
from tests import places

RESULTS = ("disagrees", "failed", "oom", "timeout")


def test_every_claim_that_fails_and_every_record_that_is_not_ok_is_named(run: Run) -> None:
    listed = alarms.alarms(run, "ex10")
    assert [(alarm.part, alarm.what) for alarm in listed] == [
        ("ex10.a", "claim fails"),
        *(("ex10.b", what) for what in ("disagrees", "failed", "timeout", "oom")),
        ("ex10.d", "missing"),
    ]
    assert alarms.total(listed) == 6
    assert listed[0].reason == "0.63 < 0.9 (cpu, seed 2; 0 of 3 hold)"
    assert listed[-1].reason.startswith("CIFAR-10 is not here")
    assert {alarm.exercise for alarm in listed} == {"ex10"}


@pytest.mark.parametrize("outcome", RESULTS)
def test_equal_reasons_of_several_cases_stand_together(run: Run, outcome: str) -> None:
    def record(batch: int) -> Record:
        case = Case(exercise="ex1", part="b", device="cpu", seed=0, parameters={"batch": batch}, variant="by hand")
        return Record(case=case, outcome=outcome, reason="off")  # type: ignore[arg-type]

    (alarm,) = alarms.alarms(replace(run, records=(record(1), record(8))), "ex1")
    assert alarm.places == (
        ("by hand, batch=1; cpu, seed 0", "ex1-b-case-0"),
        ("by hand, batch=8; cpu, seed 0", "ex1-b-case-1"),
    )


def test_their_places_are_those_of_the_page(run: Run) -> None:
    (page,) = view.view(run)
    there = {place for part in page.parts for place in part.cases.values()}
    there |= {place for part in page.parts for place, _ in part.claims}
    assert {place for alarm in page.alarms for _, place in alarm.places} <= there


def test_what_is_left_out_and_what_holds_are_no_alarm(run: Run) -> None:
    case = Case(exercise="ex1", part="a", device="cpu", seed=0)
    fine = Record(case=case, outcome="ok", findings=Findings(claims=(Claim("c", 1, "equals", 1),)))
    skipped = Record(case=replace(case, seed=1), outcome="skipped", reason="needs two GPUs")
    assert alarms.alarms(replace(run, records=(fine, skipped)), "ex1") == ()
    assert not alarms.is_wrong(skipped)
    assert alarms.is_wrong(replace(skipped, missing=True))


def test_of_several_places_every_alarm_says_where(run: Run) -> None:
    listed = alarms.alarms(places.spread(run, places.by_seed), "ex10")
    names = [name for alarm in listed for name, _ in alarm.places if alarm.part == "ex10.b"]
    assert names
    assert all(name.endswith(", node-1") for name in names)
    claims = [alarm.reason for alarm in listed if alarm.what == "claim fails"]
    assert claims[-1] == "0.63 < 0.9 (cpu, seed 2, node-3; 0 of 1 hold)"


def test_names_that_look_alike_as_an_id_are_two_places() -> None:
    assert alarms.anchor("ex10", "a.speed") == "ex10-a-speed", "as in links from elsewhere"
    names = ["a b", "a-b", "a.b", "A b", "a/b", "a  b", "a..b", "ab", "б", "в", "../a", "a"]
    assert len({alarms.anchor("ex10", name) for name in names}) == len(names)
    assert all(re.fullmatch(r"[a-z0-9-]+", alarms.anchor("ex10", name)) for name in names)
