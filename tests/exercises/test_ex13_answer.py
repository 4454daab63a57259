"""ex13, its claims at several seeds, what planted mistakes fail, and the written answer."""

from pathlib import Path

import pytest
import torch

import bench_exercises.ex13_early_stopping as ex13
from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex13_early_stopping import by_hand, exercise
from bench_exercises.ex13_early_stopping.problem import Regression

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


def run(*parts, seed=0):
    """What these studies find, or all of them."""
    here = lab(seed)
    for part in STUDIES:
        if not parts or part.id in parts:
            run_part(exercise, part.id, here)
    return here.findings


@pytest.fixture(scope="module")
def findings():
    return run()


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 28
    assert failed(findings) == {}


@pytest.mark.parametrize("seed", [1, 7])
def test_claims_hold_at_other_seeds(seed):
    assert failed(run(seed=seed)) == {}


def test_a_wrong_rate_fails_claims(monkeypatch):
    right = by_hand.descend
    monkeypatch.setattr(
        by_hand, "descend", lambda problem, rate, steps, *start: right(problem, rate / 2, steps, *start)
    )
    names = failed(run("a", "a.gap")).keys()
    assert {"gradient descent = its closed form", "exact with one α per direction"} <= names


def test_a_wrong_filter_fails_claims(monkeypatch):
    monkeypatch.setattr(by_hand, "stopped", lambda c, e, t: by_hand.flowed(c, e * t))
    names = failed(run("a", "a.conditions")).keys()
    assert {"gradient descent = its closed form", "from w₀, what is kept is a fraction of w* − w₀"} <= names


def test_a_ridge_without_alpha_fails_claims(monkeypatch):
    right = by_hand.ridge
    monkeypatch.setattr(by_hand, "ridge", lambda problem, alpha: right(problem, 2 * alpha))
    names = failed(run("a")).keys()
    assert {"ridge keeps λ/(λ+α) of every direction", "SGD with weight decay α converges to ridge"} <= names


def test_the_answer_renders_and_names_what_is_recorded(findings):
    answer = Path(ex13.__file__).with_name("answer.md").read_text(encoding="utf-8")
    assert "## 13a — " in answer
    assert theory.problems(answer) == ()
    recorded = {"claim": {c.name for c in findings.claims}, "metric": {m.name for m in findings.metrics}}
    speed = exercise.parts["a.speed"]
    calls = variants(exercise, "a.speed", features=8, steps=20)
    for reference in theory.references(answer):
        if reference.function in recorded:
            assert reference.names[0] in recorded[reference.function]
        else:
            assert reference.names[0] == "a.speed"
            assert reference.names[1] in calls
            assert all(value in speed.parameters[name] for name, value in reference.parameters)
    assert {r.names[0] for r in theory.references(answer) if r.function == "claim"} == recorded["claim"]


def test_the_two_steps_in_the_answer_are_those_that_are_computed():
    answer = Path(ex13.__file__).with_name("answer.md").read_text(encoding="utf-8")
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0]], dtype=torch.float64)
    problem = Regression(x, torch.tensor([4.0, 4.0], dtype=torch.float64))
    assert problem.hessian.diagonal().tolist() == [0.5, 2.0]
    first, second = list(by_hand.iterates(problem, 0.25, 2))[1:]
    kept = by_hand.stopped(problem.hessian.diagonal(), 0.25, 2)
    for values in (first, second, kept, by_hand.ridge(problem, 2.0), by_hand.shrunk(problem.hessian.diagonal(), 2.0)):
        shown = r"(" + r",\ ".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in values.tolist()) + ")"
        assert shown in answer, shown
