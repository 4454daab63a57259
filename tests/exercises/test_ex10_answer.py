"""ex10: every question has its heading and its parts, and every live number of the answer is recorded."""

import re
from pathlib import Path

import pytest
import torch

import bench_exercises.ex10_batch_size as ex10
from bench.lab import Lab
from bench.report.answers import theory
from bench.testing import lab, run_part, variants
from bench_exercises.ex10_batch_size import exercise, race, schedule
from bench_exercises.ex10_batch_size.trainings import Plan

ANSWER = (Path(ex10.__file__).parent / "answer.md").read_text(encoding="utf-8")


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
        return {"batch": (8, 32, 50)}
    return {"epochs": 3 if part == "b.trained" else 1} if part.endswith(".trained") else {}


@pytest.fixture(scope="module")
def recorded():
    """The names of all claims and metrics that quick and full record."""
    names = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ex10, "Plan", SmallPlan)
        patch.setattr(schedule, "LATE", 3)
        for part in (part for part in exercise.parts.values() if part.kind == "study"):
            here = lab(profile="quick" if part.id.endswith(".trained") else "smoke")
            found = run_part(exercise, part.id, here, **changed(part.id))
            names |= {("claim", claim.name) for claim in found.claims}
            names |= {("metric", metric.name) for metric in found.metrics}
    # What is recorded of one batch size is recorded of all.
    sizes = exercise.parts["a"].parameters["batch"]
    return {(kind, re.sub(r"batch 32\b", f"batch {size}", name)) for kind, name in names for size in sizes} | names


def test_every_question_has_a_heading_and_parts():
    headings = re.findall(r"^## (10[a-e]) — ", ANSWER, re.MULTILINE)
    assert headings == ["10a", "10b", "10c", "10d", "10e"]
    assert {part[0] for part in exercise.parts} == set("abcde")


def test_every_formula_renders():
    assert theory.problems(ANSWER) == ()


@pytest.mark.slow
def test_every_live_number_is_recorded(recorded):
    named = {(reference.function, reference.names[0]) for reference in theory.references(ANSWER)}
    assert {(kind, name) for kind, name in named if kind in ("claim", "metric")} - recorded == set()


def test_every_measured_variant_exists():
    found = {
        "a.speed": variants(exercise, "a.speed", lab(dtype=torch.float32), batch=8, optimizer="sgd"),
        "b.speed": variants(exercise, "b.speed", lab(dtype=torch.float32), batch=8, optimizer="sgd"),
        "b.race": race.methods(lab(dtype=torch.float32), batch=50, gamma=0.9),
    }
    for reference in theory.references(ANSWER):
        if reference.function not in ("claim", "metric"):
            part, variant = reference.names
            assert variant in found[part]
            for name, value in reference.parameters:
                declared = exercise.parts[part].parameters[name]
                assert value in declared if isinstance(declared, tuple) else value == declared
