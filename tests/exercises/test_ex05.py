"""ex05: masks, both means of the ensemble, weight scaling, the ridge identity, one step, and the written answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.report.answers import theory
from bench.testing import agreements, claims, failed, lab, run_part, variants
from bench_exercises.ex05_dropout_ensemble import (
    a_ridge,
    a_sampled,
    a_speed,
    a_steps,
    by_hand,
    checks,
    exercise,
    problem,
)
from bench_exercises.ex05_dropout_ensemble.problem import Head

STUDIES = [part for part in exercise.parts.values() if part.kind == "study"]


def head_of(units=4, seed=0):
    return Head.draw(lab(seed), units=units)


@pytest.fixture(scope="module")
def findings():
    """What all studies record at seed 0."""
    here = lab()
    for part in STUDIES:
        run_part(exercise, part.id, here)
    return here.findings


def test_every_claim_holds(findings):
    assert len(claims(findings)) == len(findings.claims) >= 25
    assert failed(findings) == {}


@pytest.mark.parametrize("part", [part for part in STUDIES if part.id != "a.trained"], ids=lambda part: part.id)
def test_claims_hold_at_another_seed(part):
    assert failed(run_part(exercise, part.id, lab(7))) == {}


def test_masks_on_paper():
    like = torch.zeros((), dtype=torch.float64)
    every = problem.every_mask(2, like)
    assert every.tolist() == [[0, 0], [1, 0], [0, 1], [1, 1]]
    assert problem.probabilities(every, 0.75).tolist() == [1 / 16, 3 / 16, 3 / 16, 9 / 16]
    assert problem.gray_flips(3) == [0, 1, 0, 2, 0, 1, 0]


def test_a_gray_code_visits_every_mask_once():
    at, seen = 0, {0}
    for unit in problem.gray_flips(7):
        at ^= 1 << unit
        seen.add(at)
    assert len(seen) == 2**7


def test_one_unit_two_classes_on_paper():
    """Members: logits (0, 0) and (2, 0), each with chance 1/2. The geometric mean has the logit 1, sigmoid(1)."""
    head = Head(*(torch.tensor(v).double() for v in ([[1.0]], [[2.0, 0.0]], [0.0, 0.0])))
    members = by_hand.every_member(head, 0.5)
    assert by_hand.geometric(members).exp()[0, 0].item() == pytest.approx(0.7310585786300049)
    assert by_hand.weight_scaled(head, 0.5).exp()[0, 0].item() == pytest.approx(0.7310585786300049)
    assert by_hand.arithmetic(members).exp()[0, 0].item() == pytest.approx((0.5 + 0.8807970779778823) / 2)


@given(st.integers(1, 8), st.floats(0.05, 0.95), st.integers(0, 99))
def test_weight_scaling_is_the_geometric_mean(units, keep, seed):
    head = head_of(units, seed)
    members = by_hand.every_member(head, keep)
    assert by_hand.gap(by_hand.weight_scaled(head, keep), by_hand.geometric(members)) < 1e-12
    assert float(by_hand.normaliser(members).max()) <= 1e-12


@pytest.mark.parametrize(
    "wrong",
    [
        lambda head, keep: by_hand.outputs(head, torch.ones(1, head.units).double())[0],
        lambda head, keep: by_hand.log_softmax(keep * (head.hidden @ head.weight + head.bias))[0],
        lambda head, keep: by_hand.log_softmax(head.hidden @ head.weight / keep + head.bias)[0],
        lambda head, keep: by_hand.log_softmax((1 - keep) * head.hidden @ head.weight + head.bias)[0],
    ],
    ids=["nothing scaled", "the bias scaled too", "inverted", "p for q"],
)
def test_a_wrong_scaling_fails_the_claim(wrong, monkeypatch):
    monkeypatch.setattr(by_hand, "weight_scaled", wrong)
    found = run_part(exercise, "a", keep=(0.5, 0.8))
    assert {f"2^{units} masks: geometric mean = weight scaling" for units in (6, 12)} <= failed(found).keys()


def test_the_ridge_identity_on_paper():
    """x = 2, y = 1, w = 1, q = 1/2: half the time (1 - 4)² = 9, half the time 1; and (1 - 2)² + 4 = 5."""
    case = a_ridge.Regression(*(torch.tensor(v).double() for v in ([[2.0]], [1.0], [1.0])))
    assert a_ridge.expected_loss(case, case.weight, 0.5).item() == 5
    assert a_ridge.penalised_loss(case, case.weight, 0.5).item() == 5
    assert a_ridge.ridge_solution(case, 0.5).item() == 0.25


def test_a_member_step_is_autograds():
    head, labels = head_of(), torch.tensor([0, 1, 2, 3, 0])
    mask = torch.tensor([1.0, 0.0, 1.0, 1.0]).double()
    weight = head.weight.clone().requires_grad_()
    loss = torch.nn.functional.cross_entropy((mask * head.hidden) @ weight + head.bias, labels)
    expected = torch.autograd.grad(loss, weight)[0]
    assert torch.allclose(a_steps.member_gradient(head, mask, labels), expected, rtol=0, atol=1e-14)


def test_the_slope_of_a_power():
    assert checks.slope([1, 2, 5], [3, 12, 75]) == pytest.approx(2)


def test_prediction_falls_with_the_root():
    head = head_of()
    one, hundred = (a_sampled.predicted_logit_error(head, 0.5, k) for k in (1, 100))
    assert one / hundred == pytest.approx(10)


def test_ways_agree():
    output = variants(exercise, "a.speed", units=6)[exercise.parts["a.speed"].reference]()
    assert torch.allclose(output.sum(-1), torch.ones(32).double())
    for name, found in agreements(exercise, "a.speed", units=6).items():
        assert found.passed, name


def test_the_ways_are_the_arithmetic_mean():
    head = head_of(5)
    expected = by_hand.arithmetic(by_hand.every_member(head, 0.5)).exp()
    for name, way in a_speed.WAYS.items():
        assert torch.allclose(way(head), expected, rtol=0, atol=1e-14), name


def test_bad_parameters_are_named():
    like = torch.zeros(())
    with pytest.raises(ValueError, match="units=40"):
        problem.every_mask(40, like)
    with pytest.raises(ValueError, match="keep=1"):
        problem.probabilities(torch.ones(1, 1), 1.0)
    with pytest.raises(ValueError, match=r"hidden \(1, 2\), weight \(3, 4\)"):
        Head(torch.zeros(1, 2), torch.zeros(3, 4), torch.zeros(4))


def test_the_answer_shows_what_is_measured(findings):
    answer = Path(by_hand.__file__).with_name("answer.md").read_text(encoding="utf-8")
    assert "## 5a — " in answer
    assert theory.problems(answer) == ()
    named_claims = set(re.findall(r'claim\("(.+?)"\)', answer))
    assert named_claims <= {claim.name for claim in findings.claims}
    assert set(re.findall(r'metric\("(.+?)"\)', answer)) <= {metric.name for metric in findings.metrics}
    part = exercise.parts["a.speed"]
    variants = re.findall(r'ratio\("a.speed", "(.+?)", units=(\d+)\)', answer)
    assert {name for name, _ in variants} == set(a_speed.WAYS) - {part.reference}
    assert {int(units) for _, units in variants} == set(part.parameters["units"])


def test_the_two_units_in_the_answer_are_those_of_the_run(findings):
    answer = Path(by_hand.__file__).with_name("answer.md").read_text(encoding="utf-8")
    (table,) = [table for table in findings.tables if table.name == "Two units: all four members"]
    values = [row[2] for row in table.rows] + [m.value for m in findings.metrics if m.name.startswith("two units")]
    assert len(values) == 6
    assert [value for value in values if f"{value:.6f}" not in answer] == []
