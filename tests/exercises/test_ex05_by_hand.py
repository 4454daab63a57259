"""ex05: both means of the ensemble and weight scaling, on paper and for any head; a wrong scaling is seen."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.testing import failed, lab, run_part
from bench_exercises.ex05_dropout_ensemble import by_hand, exercise
from bench_exercises.ex05_dropout_ensemble.problem import Head


def test_one_unit_two_classes_on_paper():
    """Members: logits (0, 0) and (2, 0), each with chance 1/2. The geometric mean has the logit 1, sigmoid(1)."""
    head = Head(*(torch.tensor(v).double() for v in ([[1.0]], [[2.0, 0.0]], [0.0, 0.0])))
    members = by_hand.every_member(head, 0.5)
    assert by_hand.geometric(members).exp()[0, 0].item() == pytest.approx(0.7310585786300049)
    assert by_hand.weight_scaled(head, 0.5).exp()[0, 0].item() == pytest.approx(0.7310585786300049)
    assert by_hand.arithmetic(members).exp()[0, 0].item() == pytest.approx((0.5 + 0.8807970779778823) / 2)


@given(st.integers(1, 8), st.floats(0.05, 0.95), st.integers(0, 99))
def test_weight_scaling_is_the_geometric_mean(units, keep, seed):
    head = Head.draw(lab(seed), units=units)
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
