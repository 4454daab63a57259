"""ex13: both methods against hand constants and autograd, the gap, the claims at other seeds, planted mistakes."""

import math
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import bench_exercises.ex13_early_stopping as ex13
from bench.report.answers import theory
from bench.testing import claims, failed, lab, run_part, variants
from bench_exercises.ex13_early_stopping import checks, descent, exercise, filters, pictures
from bench_exercises.ex13_early_stopping.nearest import nearest, risk
from bench_exercises.ex13_early_stopping.problem import Regression, draw, inputs, spread

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


def run_all(seed=0):
    here = lab(seed)
    for part in STUDIES:
        run_part(exercise, part.id, here)
    return here.findings


@pytest.fixture(scope="module")
def findings():
    return run_all()


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


ON_PAPER = Regression(double((1.0, 0.0), (0.0, 2.0)), double(4.0, 4.0))
"""H = diag(1/2, 2), b = (2, 4), w* = (4, 2)."""


def test_on_paper():
    walked = torch.stack(list(descent.iterates(ON_PAPER, 0.25, 2)))
    assert walked.tolist() == [[0, 0], [0.5, 1.0], [0.9375, 1.5]]
    assert descent.ridge(ON_PAPER, 2.0).tolist() == [0.8, 1.0]
    assert descent.closed_form(ON_PAPER, 0.25, 2).tolist() == pytest.approx([0.9375, 1.5])


def test_fractions_on_paper():
    assert float(filters.stopped(double(0.5), 1.0, 3)) == pytest.approx(0.875)
    assert float(filters.ridge(double(3.0), 1.0)) == 0.75
    assert float(filters.equivalent(double(0.5), 1.0, 3)) == pytest.approx(0.5 / 7)
    tiny = filters.stopped(double(1e-12), 1e-3, 10)
    assert float(tiny) == pytest.approx(1e-14, rel=1e-9)


def test_widest_gap_is_the_largest_on_a_grid():
    u, gap = filters.widest()
    grid = torch.linspace(0, 50, 500_001, dtype=torch.float64)
    gaps = 1 / (1 + grid) - torch.exp(-grid)
    assert gap == pytest.approx(float(gaps.max()), abs=1e-9)
    assert u == pytest.approx(float(grid[gaps.argmax()]), abs=1e-3)
    assert 1.6858 < filters.worst_variance() < 1.6862  # the bound that Ali, Kolter and Tibshirani state


@given(st.floats(1e-6, 0.95), st.integers(1, 5000))
def test_the_fractions_never_differ_by_more_than_is_allowed(step, steps):
    kept, shrunk = filters.stopped(double(step), 1.0, steps), filters.ridge(double(step), 1 / steps)
    assert float((kept - shrunk).abs().max()) <= filters.allowed(1.0, step, steps) + 1e-12
    assert filters.allowed(1.0, step, steps) <= filters.allowed(1.0, step)


@given(st.integers(1, 6), st.integers(0, 200), st.floats(0.01, 0.9), st.integers(0, 99))
def test_steps_closed_form_power_and_autograd_agree(d, steps, rate, seed):
    problem, optimum = draw(lab(seed), d + 3, spread(0.05, 1.0, d))
    walked = descent.descend(problem, rate, steps)
    for way in (descent.closed_form, descent.by_squaring, descent.descend_with_autograd):
        assert torch.allclose(way(problem, rate, steps), walked, rtol=0, atol=1e-10)
    assert torch.allclose(torch.linalg.lstsq(problem.x, problem.y).solution, optimum, atol=1e-10)


def test_drawn_inputs_have_the_curvatures():
    x, _, q = inputs(torch.Generator().manual_seed(3), 9, [0.1, 0.5, 2.0])
    assert torch.allclose(q.T @ (x.T @ x / 9) @ q, torch.diag(double(0.1, 0.5, 2.0)), atol=1e-12)
    assert spread(0.01, 1.0, 3) == pytest.approx([0.01, 0.1, 1.0])


def test_nearest_ridge_of_a_single_direction_is_its_own_alpha():
    found = nearest(double(0.5), double(1.0), 0.1, double(1.0, 20.0))
    assert found.product.tolist() == pytest.approx([0.95, 1 / (math.exp(-20 * math.log(0.95)) - 1)], rel=0.01)
    assert float(found.distance.max()) < 0.005


def test_risk_on_paper():
    kept = double((0.0, 0.0), (1.0, 1.0), (0.5, 1.0))
    assert risk(kept, double(1.0, 0.1), double(1.0, 2.0), noise=1.0, n=10).tolist() == pytest.approx([5.0, 1.1, 1.275])


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 28
    assert failed(findings) == {}


@pytest.mark.parametrize("seed", [1, 7])
def test_claims_hold_at_other_seeds(seed):
    assert failed(run_all(seed)) == {}


def test_a_wrong_rate_fails_claims(monkeypatch):
    right = descent.descend
    monkeypatch.setattr(
        descent, "descend", lambda problem, rate, steps, *start: right(problem, rate / 2, steps, *start)
    )
    names = failed(run_all()).keys()
    assert {"gradient descent = its closed form", "exact with one α per direction"} <= names


def test_a_wrong_filter_fails_claims(monkeypatch):
    monkeypatch.setattr(filters, "stopped", lambda c, e, t: filters.flowed(c, e * t))
    names = failed(run_all()).keys()
    assert {"gradient descent = its closed form", "from w₀, what is kept is a fraction of w* − w₀"} <= names


def test_a_ridge_without_alpha_fails_claims(monkeypatch):
    right = descent.ridge
    monkeypatch.setattr(descent, "ridge", lambda problem, alpha: right(problem, 2 * alpha))
    names = failed(run_all()).keys()
    assert {"ridge keeps λ/(λ+α) of every direction", "SGD with weight decay α converges to ridge"} <= names


@pytest.mark.parametrize("steps", [20, 200])
def test_variants_agree_in_both_precisions(steps):
    truth = variants(exercise, "a.speed", features=8, steps=steps)[exercise.parts["a.speed"].reference]()
    for dtype, bound in ((torch.float64, 1e-12), (torch.float32, 1e-4)):
        for name, call in variants(exercise, "a.speed", lab(dtype=dtype), features=8, steps=steps).items():
            assert float(checks.relative(call().double(), truth)) <= bound, name


def test_bad_parameters_are_named():
    with pytest.raises(ValueError, match=r"\(3, 2\) and targets \(2,\)"):
        Regression(torch.zeros(3, 2), torch.zeros(2))
    with pytest.raises(ValueError, match="n=2 samples"):
        inputs(torch.Generator(), 2, [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="none of them negative"):
        inputs(torch.Generator(), 2, [-1.0])
    with pytest.raises(ValueError, match="0 < low <= high"):
        spread(0.0, 1.0, 3)
    with pytest.raises(ValueError, match="smaller learning rate"):
        filters.allowed(1.0, 1.5)


def test_the_picture_marks_every_pair():
    path = torch.linspace(0, 1, 11, dtype=torch.float64)[:, None] * double(2.0, 1.0)
    figure = pictures.paths(torch.eye(2, dtype=torch.float64), double(2.0, 1.0), path, 0.9 * path, marked=[1, 5])
    assert [text.get_text() for text in figure.axes[0].texts] == ["τ = 1", "τ = 5"]


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
