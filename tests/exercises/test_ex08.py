"""ex08: claims at several seeds, variants that agree, and the written answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from bench.report.answers import problems, theory
from bench.report.answers.outline import outline
from bench.testing import agreements, claims, failed, lab, run_part, variants
from bench_exercises import ex08_normalisation
from bench_exercises.ex08_normalisation import exercise

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]
TRAINED = {"a.rates", "a.initial", "a.saturating", "a.shift", "b.depth", "b.activation", "b.ranking"}
ANSWER = Path(ex08_normalisation.__file__).with_name("answer.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def findings():
    """What all studies record at seed 0."""
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 100
    assert failed(findings) == {}


@pytest.mark.parametrize("part", [part for part in STUDIES if part.id not in TRAINED], ids=lambda part: part.id)
def test_claims_hold_at_another_seed(part):
    assert failed(run_part(exercise, part.id, lab(7))) == {}


@pytest.mark.parametrize("part", COMPARISONS, ids=lambda part: part.id)
def test_variants_agree(part):
    for name, found in agreements(exercise, part.id).items():
        assert found.passed, name


def test_every_question_has_its_heading_and_its_formulas_convert():
    assert all(f"## 8{letter} — " in ANSWER for letter in "abcdefg")
    assert theory.problems(ANSWER) == ()


def test_the_answer_shows_what_is_measured(findings):
    found = {"claim": {c.name for c in findings.claims}, "metric": {m.name for m in findings.metrics}}
    found |= {"chart": {c.name for c in findings.curves}, "table": {t.name for t in findings.tables}}
    found |= {"figure": {f.name for f in findings.figures}, "compare": {part.id for part in COMPARISONS}}
    for _, placed in problems.placed(outline(ANSWER, "ex08")):
        assert placed.function == "code" or placed.names[-1] in found[placed.function], placed
    for asked in theory.references(ANSWER):
        if asked.function in found:
            assert asked.names[0] in found[asked.function], asked
        else:
            part, variant = asked.names
            assert variant in variants(exercise, part, lab(dtype=torch.float32)), asked


def test_the_answer_is_short():
    assert len(re.sub(r"\{\{.*?\}\}", "", ANSWER, flags=re.DOTALL).split()) < 3500
