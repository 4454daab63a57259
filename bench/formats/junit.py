"""JUnit's XML, for what shows tests: a case an outcome, an agreement and a claim.

A part is a class; its cases are named by parameters, device, seed and variant. A claim that does not hold and a variant
that disagrees are failures; what raised, ran out of time or memory, or could not be loaded is an error; what was left
out is skipped, with its reason. A run that was stopped has an error of its own, so that half a run is not green.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from bench.formats import names
from bench.formats.names import plain
from bench.model import Agreement, Claim, Record, Run

Ending = Literal["", "failure", "error", "skipped"]
MESSAGE, DETAIL = 1_000, 20_000
"""Characters of a message and of what stands below it: some readers hold every file in memory."""
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even as a reference (https://www.w3.org/TR/xml/#charsets)."""
SIGNS = {"at_most": "≤", "at_least": "≥", "equals": "="}
OUTCOMES: dict[str, Ending] = {"ok": "", "skipped": "skipped", "disagrees": "failure"}
"""Every other outcome is an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCase:
    """One test case; ``seconds`` is the time of its processes, which stands with the outcome alone."""

    suite: str
    part: str
    name: str
    ending: Ending = ""
    kind: str = ""
    message: str = ""
    detail: str = ""
    seconds: float = 0.0


def encode(run: Run) -> bytes:
    """XML in ASCII. Every run has a form in it, also one in which nothing was timed."""
    tests = list(of_run(run))
    root = Element("testsuites", {"name": plain(run.id) or "bench", **counts(tests)})
    for suite in dict.fromkeys(test.suite for test in tests):
        _suite(root, suite, [test for test in tests if test.suite == suite], run)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=True)
    return text + b"\n"


def of_run(run: Run) -> Iterator[TestCase]:
    """Every test of a run, those of one record together."""
    called = names.of_cases(record.case for record in run.records)
    for record in run.records:
        yield from of_record(record, called[record.case])
    for broken in run.broken:
        yield TestCase(
            suite=plain(broken.exercise),
            part=plain(broken.exercise),
            name="can be loaded",
            ending="error",
            kind="broken",
            message=broken.reason,
        )
    if not run.finished:
        resume = f"the run was stopped; `bench run --resume {run.id}` goes on with it"
        yield TestCase(
            suite="bench", part="bench", name="ran to its end", ending="error", kind="stopped", message=resume
        )


def of_record(record: Record, name: str) -> Iterator[TestCase]:
    """The outcome of a record, its agreement with the reference, and its claims."""
    exercise, part = plain(record.case.exercise), plain(f"{record.case.exercise}.{record.case.part}")
    yield TestCase(
        suite=exercise,
        part=part,
        name=name,
        ending=OUTCOMES.get(record.outcome, "error"),
        kind=record.outcome,
        message=record.reason,
        detail=record.detail,
        seconds=record.seconds,
    )
    if record.agreement is not None:
        passed = record.agreement.passed
        yield TestCase(
            suite=exercise,
            part=part,
            name=f"{name}: agrees with the reference",
            ending="" if passed else "failure",
            kind="agreement",
            message=agreement_in_words(record.agreement),
        )
    for claim in record.findings.claims:
        yield TestCase(
            suite=exercise,
            part=part,
            name=f"{name}: claim: {plain(claim.name)}",
            ending="" if claim.passed else "failure",
            kind="claim",
            message=claim_in_words(claim),
        )


def claim_in_words(claim: Claim) -> str:
    """ "0.83 is not ≥ 0.9", with every digit: rounded, the two could look alike."""
    return f"{claim.value!r} is {'' if claim.passed else 'not '}{SIGNS[claim.relation]} {claim.bound!r}"


def agreement_in_words(agreement: Agreement) -> str:
    where = f" at {agreement.where}" if agreement.where else ""
    return f"error {agreement.error!r} of {agreement.allowed!r} allowed, in {agreement.dtype}{where}"


def counts(tests: Iterable[TestCase]) -> dict[str, str]:
    """The attributes that JUnit's readers add up."""
    listed = list(tests)
    endings = [test.ending for test in listed]
    return {
        "tests": str(len(listed)),
        "failures": str(endings.count("failure")),
        "errors": str(endings.count("error")),
        "skipped": str(endings.count("skipped")),
        "time": f"{sum(test.seconds for test in listed):.6f}",
    }


def _suite(root: Element, name: str, tests: list[TestCase], run: Run) -> None:
    suite = SubElement(root, "testsuite", {"name": name, **counts(tests), **_stamp(run)})
    _properties(suite, run)
    # Readers join the history of a test by its class and name: two that are called alike would hide each other.
    for test, unique in zip(tests, names.numbered(test.name for test in tests), strict=True):
        case = SubElement(suite, "testcase", classname=test.part, name=unique, time=f"{test.seconds:.6f}")
        if test.ending:
            ending = SubElement(case, test.ending, type=plain(test.kind), message=plain(test.message, MESSAGE))
            ending.text = FORBIDDEN.sub("?", test.detail[-DETAIL:]) or None


def _stamp(run: Run) -> dict[str, str]:
    # The schema of JUnit's reports has a time without a zone.
    try:
        return {"timestamp": datetime.fromisoformat(run.created).replace(tzinfo=None).isoformat()}
    except ValueError:
        return {}


def _properties(suite: Element, run: Run) -> None:
    told = {"run": run.id, "profile": run.profile}
    for name in ("python", "torch", "cpu", "gpu", "threads", "commit"):
        values = dict.fromkeys(str(getattr(place.environment, name)) for place in run.places.values())
        told[name] = ", ".join(filter(None, values))
    properties = SubElement(suite, "properties")
    for name, value in told.items():
        if value:
            SubElement(properties, "property", name=name, value=plain(value))
