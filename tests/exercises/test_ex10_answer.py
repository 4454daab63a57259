"""ex10: every question has its heading and its parts, and what the answer shows of a run is recorded by it."""

import re
from pathlib import Path

import pytest
import torch

import bench_exercises.ex10_batch_size as ex10
from bench.lab import Lab
from bench.report.answers import kept, outline, problems, theory
from bench.results import store
from bench.testing import lab, run_part, variants
from bench_exercises.ex10_batch_size import b_effect, b_race, b_trained, c_trained, d_trained, e_trained, exercise
from bench_exercises.ex10_batch_size.reference import Plan

ANSWER = (Path(ex10.__file__).parent / "answer.md").read_text(encoding="utf-8")
OF_ALL_DIGITS = Path(__file__).parents[2] / "results" / "reference" / "20261126T083601Z-ex10.a-cpu"
"""Where the numbers of 10a come from; what it has in its table alone no ``kept()`` reads."""


class SmallPlan:
    """As the quick profile plans, on a few digits."""

    @staticmethod
    def of(lab: Lab, images: int, **rest: object) -> Plan:
        plan = Plan.of(lab, 32, **rest)
        return Plan(
            **{name: getattr(plan, name) for name in plan.__slots__}
            | {"test": plan.test.take(torch.arange(0, plan.test.y.numel(), 10))}
        )


def changed(part: str) -> dict[str, object]:
    """Parameters that make a part quick and leave no name out."""
    if part in ("a", "a.adam", "a.noise"):
        return {"batch": (8, 32, 50)} | ({"epochs": 3} if part == "a" else {})
    return {"epochs": 3 if part == "b.trained" else 1} if part.endswith(".trained") else {}


@pytest.fixture(scope="module")
def recorded():
    """The names of all claims and metrics that quick and full record."""
    names = set()
    with pytest.MonkeyPatch.context() as patch:
        for module in (b_trained, c_trained, d_trained, e_trained):
            patch.setattr(module, "Plan", SmallPlan)
        for module in (b_trained, b_effect):
            patch.setattr(module, "LATE", 3)
        for part in (part for part in exercise.parts.values() if part.kind == "study"):
            here = lab(profile="quick" if part.id.endswith(".trained") else "smoke")
            found = run_part(exercise, part.id, here, **changed(part.id))
            names |= {("claim", claim.name) for claim in found.claims}
            # Made by a run of the declared values alone, which these few epochs are not.
            names |= {("claim", name) for name in found.unmade}
            names |= {("metric", metric.name) for metric in found.metrics}
            names |= {("chart", part.id, curve.name) for curve in found.curves}
            names |= {("figure", part.id, figure.name) for figure in found.figures}
            names |= {("table", part.id, table.name) for table in found.tables}
    # What is recorded of one batch size is recorded of all.
    sizes = exercise.parts["a"].parameters["batch"]
    return {(*of, re.sub(r"batch 32\b", f"batch {size}", name)) for *of, name in names for size in sizes} | names


def test_every_question_has_a_heading_and_parts():
    headings = re.findall(r"^## (10[a-e]) — ", ANSWER, re.MULTILINE)
    assert headings == ["10a", "10b", "10c", "10d", "10e"]
    assert {part[0] for part in exercise.parts} == set("abcde")


CHAPTERS = [chapter for chapter in outline.outline(ANSWER, "ex10") if chapter.question]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.question)
def test_every_question_begins_with_its_answer_and_shows_few_charts_and_one_table_in_the_open(chapter):
    assert outline.is_answer(chapter.items[0])
    shown = [call.function for item in chapter.items if isinstance(item, outline.Placed) for call in item.calls]
    assert 1 <= sum(function != "table" for function in shown) <= 3
    assert shown.count("table") <= 1


def test_what_is_written_of_all_digits_is_what_the_run_has_in_its_table():
    records = store.read(OF_ALL_DIGITS).records
    (table,) = (each for r in records for each in r.findings.tables if each.name == "Batch sizes compared")
    for row in (dict(zip(table.columns, values, strict=True)) for values in table.rows):
        (line,) = re.findall(rf"^\| {row['batch size']} \| .*$", ANSWER, re.MULTILINE)
        assert line.startswith(f"| {row['batch size']} | {row['train accuracy']:.4f} | {row['train cost']:.4f} |")
        assert line.endswith(f"| {row['jump of test error']:.3f} |")


def test_of_all_digits_the_margins_are_calibrated_best_as_the_answer_says():
    (record,) = (
        record
        for run in kept.read((Path(ex10.__file__).parent / kept.FILE).read_text(encoding="utf-8")).runs
        for record in run.records
        if record.case.part == "c.trained"
    )
    of = {m.name: m.value for m in record.findings.metrics if m.name.endswith(": calibration error")}
    assert len(of) == 6
    assert of["MultiMargin: calibration error"] == of["MultiLabelMargin: calibration error"] == min(of.values())


def test_what_is_placed_is_placed_once():
    placed = [call for _, call in problems.placed(CHAPTERS)]
    assert len(placed) == len(set(placed))


def test_every_formula_renders():
    assert theory.problems(ANSWER) == ()


@pytest.mark.slow
def test_every_live_number_is_recorded(recorded):
    named = {(reference.function, reference.names[0]) for reference in theory.references(ANSWER)}
    assert {(kind, name) for kind, name in named if kind in ("claim", "metric")} - recorded == set()


@pytest.mark.slow
def test_everything_that_is_placed_is_recorded(recorded):
    named = {(call.function, *call.names) for _, call in problems.placed(CHAPTERS)}
    assert {name for name in named if name[0] not in ("compare", "code")} - recorded == set()
    assert {name[1] for name in named if name[0] == "compare"} == {"a.speed", "b.speed"}


def test_every_measured_variant_exists():
    found = {
        "a.speed": variants(exercise, "a.speed", lab(dtype=torch.float32, profile="full"), batch=8, optimizer="sgd"),
        "b.speed": variants(exercise, "b.speed", lab(dtype=torch.float32), batch=8, optimizer="sgd"),
        "b.race": b_race.variants(lab(dtype=torch.float32), batch=50, gamma=0.9),
    }
    for reference in theory.references(ANSWER):
        if reference.function not in ("claim", "metric", "kept", "kept_run"):
            part, variant = reference.names
            assert variant in found[part]
            for name, value in reference.parameters:
                declared = exercise.parts[part].described.at("full").parameters[name]
                assert value in declared if isinstance(declared, tuple) else value == declared
