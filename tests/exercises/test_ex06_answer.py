"""ex06: every claim holds, and the answer names what exists; its numbers are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.report.answers import theory
from bench.testing import failed, lab, run_part
from bench_exercises.ex06_pointwise_convolution import (
    exercise,
    problem,
)

ANSWER = Path(problem.__file__).with_name("answer.md").read_text()
UNPLACED = "break it: mistakes that pass the claim they should fail"
STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


@pytest.mark.parametrize("seed", [7])
@pytest.mark.parametrize("part", STUDIES, ids=lambda part: part.id)
def test_every_claim_of_a_study_holds(part, seed):
    found = run_part(exercise, part.id, lab(seed))
    assert found.claims
    assert failed(found) == {}


def test_the_answer_names_only_claims_that_exist():
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    assert failed(here.findings) == {}
    names = {claim.name for claim in here.findings.claims}
    assert set(re.findall(r'claim\("(.+?)"\)', ANSWER)) == names - {UNPLACED}


def test_headings_formulas_and_length():
    assert "## 6a — " in ANSWER
    assert theory.problems(ANSWER) == ()
    assert len(ANSWER.split()) < 3500
