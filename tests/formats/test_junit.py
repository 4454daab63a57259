"""JUnit's XML, read by junitparser and by the standard library."""

from collections import Counter
from dataclasses import replace
from math import nan
from xml.etree import ElementTree

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped, TestCase

from bench.cli import exits
from bench.formats import junit
from bench.model import Agreement, Broken, Case, Claim, Findings, Record, Run
from tests import places
from tests.formats.kept import HOSTILE, block, reference, run_of, timed
from tests.report import sample


def cases(run: Run) -> list[TestCase]:
    return [case for suite in JUnitXml.fromstring(junit.encode(run)) for case in suite]


def ending(case: TestCase) -> str:
    return {Failure: "failure", Error: "error", Skipped: "skipped"}[type(case.result[0])] if case.result else ""


def test_every_outcome_agreement_and_claim_is_a_case() -> None:
    records = HOSTILE.records
    expected = sum(1 + bool(record.agreement) + len(record.findings.claims) for record in records) + 1
    told = cases(HOSTILE)
    assert len(told) == len({(case.classname, case.name) for case in told}) == expected
    claims = sum(len(record.failed_claims) for record in records)
    assert Counter(map(ending, told)) == {
        "": expected - claims - 8,
        "failure": claims + 2,  # a variant that disagrees fails as an outcome and as an agreement
        "error": 4,  # crash, endless, greedy, and the plugin that could not be loaded
        "skipped": 2,
    }


def test_the_counts_are_those_of_the_cases() -> None:
    whole = JUnitXml.fromstring(junit.encode(HOSTILE))
    told = Counter(map(ending, cases(HOSTILE)))
    assert (whole.tests, whole.failures) == (sum(told.values()), told["failure"])
    assert (whole.errors, whole.skipped) == (told["error"], told["skipped"])
    assert whole.time == pytest.approx(sum(record.seconds for record in HOSTILE.records))


def test_a_run_in_which_all_holds_is_green() -> None:
    run = reference()
    assert exits.code(run) == 0
    assert {ending(case) for case in cases(run)} == {""}
    assert len(cases(run)) == 172


def test_a_failed_claim_says_its_number_and_its_bound_with_every_digit() -> None:
    claims = (Claim("it holds", 1.0, "at_most", 1.0), Claim("it does not", 0.1 + 0.2, "equals", 0.3))
    case = Case(exercise="ex90", part="a", device="cpu", seed=0)
    record = Record(case=case, outcome="ok", findings=Findings(claims=(*claims, Claim("nan", nan, "at_most", 1.0))))
    _, holds, fails, unknown = cases(run_of(record))
    assert (ending(holds), ending(fails), ending(unknown)) == ("", "failure", "failure")
    assert (fails.classname, fails.name) == ("ex90.a", "ex90.a on cpu: claim: it does not")
    assert fails.result[0].message == "0.30000000000000004 is not = 0.3"
    assert unknown.result[0].message == "nan is not ≤ 1.0"


def test_a_disagreement_says_where() -> None:
    wrong = Agreement(error=0.3, allowed=1e-6, reference_error=1e-7, dtype="float32", where="w[0]")
    _, case = cases(run_of(timed("sum", block(0, 1.0), agreement=wrong, outcome="disagrees")))
    assert case.name == "ex90.a.speed n=8 on cpu: sum: agrees with the reference"
    assert case.result[0].message == "error 0.3 of 1e-06 allowed, in float32 at w[0]"


def test_a_run_that_was_stopped_is_not_green() -> None:
    (last,) = [case for case in cases(replace(reference(), finished=False)) if case.result]
    assert ending(last) == "error"
    assert "`bench run --resume 20261129T055447Z-ex10-cpu` goes on" in last.result[0].message


def test_what_xml_cannot_hold_is_escaped_or_replaced_and_long_text_is_cut() -> None:
    record = timed("a\x00<&\"'\ud800", outcome="failed", reason="\x1b[31m\n" * 900, detail="x\x00\ud800]]>\n" * 9000)
    data = junit.encode(run_of(record, broken=(Broken("ex99\x0b", "no\x0c"),)))
    assert data.isascii()
    root = ElementTree.fromstring(data)
    error = root.find(".//error")
    assert error is not None
    assert error.attrib["message"].startswith("\\x1b[31m\\n")
    assert len(error.attrib["message"]) == junit.MESSAGE
    assert error.text is not None
    assert "x??]]>\n" in error.text
    assert len(error.text) == junit.DETAIL


def test_names_that_come_twice_are_told_apart() -> None:
    claims = (Claim("same", 1.0, "at_most", 2.0), Claim("same", 1.0, "at_most", 3.0))
    case = Case(exercise="ex90", part="a", device="cpu", seed=0)
    told = cases(run_of(Record(case=case, outcome="ok", findings=Findings(claims=claims))))
    assert [each.name for each in told[1:]] == ["ex90.a on cpu: claim: same", "ex90.a on cpu: claim: same (2)"]


def test_the_machines_of_all_places_are_told() -> None:
    both = places.spread(sample.build(hostile=False, devices=("cpu", "cuda")), places.by_device)
    text = junit.encode(both).decode()
    assert 'name="cpu" value="AMD EPYC 7B13, Intel Xeon Platinum 8481C"' in text
    assert 'name="torch" value="2.11.0"' in text


@pytest.mark.parametrize("number", [*range(9), 0xB, 0xC, *range(0xE, 0x20), 0xFFFE, 0xFFFF])
def test_no_sign_that_xml_cannot_hold_is_in_a_detail(number: int) -> None:
    failed = replace(timed("x", block(0, 1.0)), outcome="failed", reason="r", detail=f"before{chr(number)}after")
    (case,) = (case for case in cases(run_of(failed)) if case.result)
    assert case.result[0].text == "before?after"
