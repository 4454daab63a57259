"""ex10, e: every measure is scikit-learn's."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex10_batch_size import e_measures, e_metrics, exercise
from bench_exercises.ex10_batch_size.e_metrics import FROM_DECISIONS, Confusion


@st.composite
def classified(draw):
    """Scores with many ties, and the truth, in which both classes appear."""
    rows = draw(st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=0, max_size=40))
    rows += [(draw(st.integers(-4, 4)), True), (draw(st.integers(-4, 4)), False)]
    return torch.tensor([row[0] for row in rows]).double(), torch.tensor([row[1] for row in rows])


@given(classified())
def test_every_measure_is_scikit_learns(given):
    scores, truth = given
    ours, theirs = e_measures.by_hand(scores, truth), e_measures.by_scikit_learn(scores, truth)
    assert ours.keys() == theirs.keys()
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_a_constant_answer_scores_nothing():
    confusion = Confusion(tp=0, fp=0, fn=100, tn=900)
    values = {name: getattr(confusion, name) for name in FROM_DECISIONS}
    assert values == pytest.approx(
        dict.fromkeys(FROM_DECISIONS, 0) | {"accuracy": 0.9, "specificity": 1, "balanced_accuracy": 0.5}
    )
    assert Confusion(0, 0, 0, 0).kappa == 0


@pytest.mark.parametrize("seed", [0, 1, 9])
def test_claims_hold(seed):
    found = run_part(exercise, "e", lab(seed))
    assert failed(found) == {}
    assert len(claims(found)) == len(found.claims) == 29


@pytest.mark.parametrize(
    ("measure", "broken"),
    [
        ("f1", lambda c: (c.precision + c.recall) / 2),
        ("mcc", lambda c: c.recall + c.specificity - 1),
        ("kappa", lambda c: c.balanced_accuracy),
        ("precision", lambda c: c.specificity),
    ],
)
def test_another_measure_fails_them(monkeypatch, measure, broken):
    monkeypatch.setattr(e_metrics.Confusion, measure, property(broken))
    here = lab()
    e_measures.study(here)
    assert f"{measure} by hand = scikit-learn" in failed(here.findings)
