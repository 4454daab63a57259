"""ex09: every claim holds, the written answer names what is recorded, and mistakes fail the claims that they should."""

from dataclasses import fields
from pathlib import Path

import pytest
import torch

import bench_exercises.ex09_vanishing_gradient as ex09
from bench.model import Findings
from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex09_vanishing_gradient import by_hand, checks, exercise
from bench_exercises.ex09_vanishing_gradient.problem import A, Choices

ANSWER = (Path(ex09.__file__).parent / "answer.md").read_text(encoding="utf-8")


def run(seed=0, parts="abc", **parameters):
    """What the studies find, each training done once, as in a run."""
    shared, found = lab().folder / "shared", []
    for part in parts:
        here = lab(seed)
        here.sharing = shared
        found.append(run_part(exercise, part, here, **parameters))
    kinds = (field.name for field in fields(Findings))
    return Findings(**{kind: tuple(each for one in found for each in getattr(one, kind)) for kind in kinds})


@pytest.fixture(scope="module")
def findings():
    return run()


def test_every_claim_holds(findings):
    assert len(findings.claims) >= 40
    assert failed(findings) == {}


def test_names_of_claims_are_unique_but_for_the_mistakes(findings):
    names = [claim.name for claim in findings.claims]
    assert {name for name in names if names.count(name) > 1} == {
        "break it: mistakes that pass the claim they should fail"
    }


def test_every_kind_and_depth_is_in_the_tables(findings):
    finals = [table for table in findings.tables if table.name.startswith("After the last epoch")]
    kinds = [(row[0], row[1]) for table in finals for row in table.rows]
    names = ("sigmoid", "ReLU", "sigmoid + BN", "ReLU + BN")
    assert kinds == [(name, depth) for name in names for depth in (3, 9, 13, 17, 19)]


def test_no_layer_is_missing_where_the_median_gradient_is_0(findings):
    courses = [curve for curve in findings.curves if curve.name.startswith("mean |g| over the last layer's")]
    assert [len(curve.x) for curve in courses] == 2 * [4, 10, 14, 18, 20]
    assert min(y for curve in courses for y in curve.y) > 0
    assert all(("no lower than 1e-10" in curve.y_label) == curve.name.endswith("ReLU") for curve in courses)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 7])
def test_claims_hold_at_other_seeds(seed):
    assert failed(run(seed)) == {}


def test_parts_take_one_depth():
    assert failed(run(depth=(2,))) == {}


def test_the_answer(findings):
    """Every question has its heading, every formula renders, every live number is recorded or measured."""
    assert theory.problems(ANSWER) == ()
    assert all(f"## 9{letter} — " in ANSWER for letter in "abc")
    recorded = {"claim": {*claims(findings)}, "metric": {m.name for m in findings.metrics}}
    for reference in theory.references(ANSWER):
        if reference.function in recorded:
            assert reference.names[0] in recorded[reference.function]
        elif reference.function == "ratio":
            part, variant = exercise.parts[reference.names[0]], reference.names[1]
            parameters = dict(reference.parameters)
            depths = part.parameters["depth"]
            assert parameters["depth"] in (depths if isinstance(depths, tuple) else (depths,))
            assert variant in variants(exercise, part.id, lab(dtype=torch.float32), networks=1, **parameters)


def test_the_figure_that_the_sheet_asks_for_opens_9b():
    before, figure, _ = ANSWER.partition('{{ figure("b", "Norms of the gradient after the last epoch, L1 and L2") }}')
    assert figure
    assert before[before.index("## 9b") :].rstrip().endswith(":::")


def test_a_gradient_that_does_not_vanish_fails_the_law(monkeypatch):
    right, here = by_hand.times_slope, lab()
    monkeypatch.setattr(by_hand, "times_slope", lambda name, dh, h: right(name, dh, h).mul_(4))
    checks.wide_layers(here, (A,), Choices())
    assert list(failed(here.findings)) == ["sigmoid: ‖δ‖ per layer of 256 nodes, powers of ten off the law"]


def test_a_depth_of_none_is_named():
    with pytest.raises(ValueError, match="depth is at least 1, not 0"):
        run(parts="a", depth=(0,))
