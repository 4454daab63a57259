"""ex11: every claim of a run holds, variants agree, and every live number of the answer is recorded."""

from pathlib import Path

import pytest
import torch

from bench.report.answers import theory
from bench.testing import agreements, failed, lab, run_part, variants
from bench_exercises.ex11_image_filters import a_kernels, exercise

FOLDER = Path(a_kernels.__file__).parent
STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]
SMALL = {"a.speed": {"side": 32}, "b.speed": {"side": 32, "template": 8}, "d.speed": {"side": 32, "diameter": 5}}


@pytest.fixture(scope="module")
def findings():
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(findings.claims) > 70
    assert failed(findings) == {}
    names = [claim.name for claim in findings.claims]
    assert len(names) == len(set(names))


def test_one_picture_a_question(findings):
    assert len(findings.figures) == 6
    assert {source.name for source in findings.data} == {"flower"}


@pytest.mark.parametrize("seed", [3, 11])
def test_what_is_drawn_does_not_matter(seed):
    here = lab(seed)
    for id in ("d", "d.bilateral"):
        run_part(exercise, id, here, pic1="")
    assert failed(here.findings) == {}


def test_numbers_of_the_answer_exist(findings):
    """Every question has its heading, and every live number names something that is recorded or measured."""
    answer = (FOLDER / "answer.md").read_text(encoding="utf-8")
    assert theory.problems(answer) == ()
    assert all(f"## 11{letter} — " in answer for letter in "abcd")
    recorded = {"claim": {c.name for c in findings.claims}, "metric": {m.name for m in findings.metrics}}
    measured = {id: variants(exercise, id, lab(dtype=torch.float32), **small) for id, small in SMALL.items()}
    for reference in theory.references(answer):
        if reference.function in recorded:
            assert reference.names[0] in recorded[reference.function]
        else:
            part, variant = reference.names
            assert variant in measured[part]
            for name, value in reference.parameters:
                declared = exercise.parts[part].parameters[name]
                assert value == declared or value in declared


@pytest.mark.parametrize("part", COMPARISONS, ids=lambda part: part.id)
def test_variants_agree_with_the_reference(part):
    for name, found in agreements(exercise, part.id, **SMALL[part.id]).items():
        assert found.passed, name
