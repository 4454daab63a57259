"""ex02, the claims at several seeds, and the written answer."""

import re
from pathlib import Path

import pytest

import bench_exercises.ex02_linear_networks as ex02
from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex02_linear_networks import exercise

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]


def run(here, *ids):
    for part in STUDIES:
        if not ids or part.id in ids:
            run_part(exercise, part.id, here)
    return here.findings


@pytest.fixture(scope="module")
def findings():
    return run(lab())


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 38
    assert failed(findings) == {}


@pytest.mark.parametrize("seed", [7])
def test_claims_hold_at_other_seeds(seed):
    assert failed(run(lab(seed), "a.epochs", "a.unseen", "c")) == {}


def test_the_answer_renders_and_names_what_is_recorded(findings):
    answer = Path(ex02.__file__).with_name("answer.md").read_text(encoding="utf-8")
    assert all(f"## 2{letter} — " in answer for letter in "abc")
    assert theory.problems(answer) == ()
    assert len(re.sub(r"\{\{.*?\}\}", "number", answer).split()) < 3500
    recorded = {"claim": {c.name for c in findings.claims}, "metric": {m.name for m in findings.metrics}}
    parts = {part.id: part for part in COMPARISONS}
    given = {"b.speed": {"size": 8}, "b.fold": {"width": 4, "features": 32, "batch": 8}}
    calls = {id: variants(exercise, id, **given[id]) for id in parts}
    for reference in theory.references(answer):
        if reference.function in recorded:
            assert reference.names[0] in recorded[reference.function]
        else:
            part, variant = reference.names
            assert variant in calls[part]
            assert all(
                value in (p if isinstance(p := parts[part].parameters[name], tuple) else (p,))
                for name, value in reference.parameters
            )
    assert {r.names[0] for r in theory.references(answer) if r.function == "claim"} == recorded["claim"]
