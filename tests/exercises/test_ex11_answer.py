"""ex11: every claim of a run holds, variants agree, and every live number of the answer is recorded."""

from pathlib import Path

import pytest
import torch

from bench.report.answers import problems, theory
from bench.report.answers.outline import outline
from bench.testing import agreements, failed, lab, run_part, variants
from bench_exercises.ex11_image_filters import a_kernels, exercise
from bench_exercises.ex11_image_filters.problem import NINE

FOLDER = Path(a_kernels.__file__).parent
STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]
COMPARISONS = [part for part in exercise.parts.values() if part.kind == "comparison"]
SMALL = {"a.speed": {"side": 32}, "b.speed": {"side": 32, "template": 8}, "d.speed": {"side": 32, "diameter": 5}}


@pytest.fixture(scope="module")
def found():
    """What every study finds, each in a lab of its own: several have a table "Break it"."""
    labs = {part.id: lab() for part in STUDIES}
    for id, here in labs.items():
        run_part(exercise, id, here)
    return {id: here.findings for id, here in labs.items()}


def test_every_claim_holds(found):
    names = [claim.name for findings in found.values() for claim in findings.claims]
    assert len(names) > 80
    assert [failed(findings) for findings in found.values()] == [{}] * len(found)
    assert len({*names}) == len([name for name in names if not name.startswith("break it")]) + 1


def test_every_question_breaks_its_own_work(found):
    tables = {id: [t for t in findings.tables if t.name == "Break it"] for id, findings in found.items()}
    assert {id for id, (*them,) in tables.items() if them} == {"a", "b", "c", "d", "d.bilateral"}
    assert all(5 <= len(table.rows) <= 10 for them in tables.values() for table in them)


def test_all_pictures_that_the_sheet_asks_for(found):
    shown = {id: [figure.name for figure in findings.figures] for id, findings in found.items()}
    assert {f"{number} {name}" for number, name in enumerate(NINE, 1)} < {*shown["a"]}
    assert shown["d.bilateral"][0] == "The bilateral filter on Pic1, beside Canny"
    assert {source.name for findings in found.values() for source in findings.data} == {"flower"}


@pytest.mark.parametrize("part", ["d", "d.bilateral"])
def test_what_is_drawn_does_not_matter(part):
    assert failed(run_part(exercise, part, lab(3))) == {}


def test_numbers_of_the_answer_exist(found):
    """Every question has its heading, and every live number names something that is recorded or measured."""
    answer = (FOLDER / "answer.md").read_text(encoding="utf-8")
    assert theory.problems(answer) == ()
    assert all(f"## 11{letter} — " in answer for letter in "abcd")
    every = list(found.values())
    recorded = {
        "claim": {c.name for findings in every for c in findings.claims},
        "metric": {m.name for findings in every for m in findings.metrics},
    }
    placed = {"table": "tables", "figure": "figures", "chart": "curves"}
    for _, call in problems.placed(outline(answer, "ex11")):
        if call.function in placed:
            part, name = call.names
            assert name in {kept.name for kept in getattr(found[part], placed[call.function])}, name
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
