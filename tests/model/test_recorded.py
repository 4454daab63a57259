"""A record passes when nothing went wrong: neither the case nor a claim."""

import pytest

from bench.model import Case, Claim, Findings, Outcome, Record

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
