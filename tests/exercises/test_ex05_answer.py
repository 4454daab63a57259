"""ex05: the claims at two seeds, and the written answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex05_dropout_ensemble import a_speed, by_hand, exercise

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


@pytest.fixture(scope="module")
def findings():
    """What all studies record at seed 0."""
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 25
    assert failed(findings) == {}


@pytest.mark.parametrize("part", [part for part in STUDIES if part.id != "a.trained"], ids=lambda part: part.id)
def test_claims_hold_at_another_seed(part):
    assert failed(run_part(exercise, part.id, lab(7))) == {}


def test_the_answer_shows_what_is_measured(findings):
    answer = Path(by_hand.__file__).with_name("answer.md").read_text(encoding="utf-8")
    assert "## 5a — " in answer
    assert theory.problems(answer) == ()
    named_claims = set(re.findall(r'claim\("(.+?)"\)', answer))
    assert named_claims <= {claim.name for claim in findings.claims}
    assert set(re.findall(r'metric\("(.+?)"\)', answer)) <= {metric.name for metric in findings.metrics}
    part = exercise.parts["a.speed"]
    variants = re.findall(r'ratio\("a.speed", "(.+?)", units=(\d+)\)', answer)
    assert {name for name, _ in variants} == set(a_speed.WAYS) - {part.reference}
    assert {int(units) for _, units in variants} == set(part.parameters["units"])


def test_the_two_units_in_the_answer_are_those_of_the_run(findings):
    answer = Path(by_hand.__file__).with_name("answer.md").read_text(encoding="utf-8")
    (table,) = [table for table in findings.tables if table.name == "Two units: all four members"]
    values = [row[2] for row in table.rows] + [m.value for m in findings.metrics if m.name.startswith("two units")]
    assert len(values) == 6
    assert [value for value in values if f"{value:.6f}" not in answer] == []
