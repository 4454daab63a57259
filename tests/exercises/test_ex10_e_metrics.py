"""ex10, e: measures, counted on paper."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench_exercises.ex10_batch_size.e_metrics import Confusion, average_precision, roc_auc


@st.composite
def classified(draw):
    """Scores with many ties, and the truth, in which both classes appear."""
    rows = draw(st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=0, max_size=40))
    rows += [(draw(st.integers(-4, 4)), True), (draw(st.integers(-4, 4)), False)]
    return torch.tensor([row[0] for row in rows]).double(), torch.tensor([row[1] for row in rows])


@given(classified())
def test_roc_auc_is_the_chance_that_a_positive_scores_higher(given):
    scores, truth = given
    pairs = scores[truth][:, None] - scores[~truth][None]
    assert roc_auc(scores, truth) == pytest.approx(float((pairs.sign() + 1).mean() / 2), abs=1e-12)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_accuracy_and_recall_give_the_whole_matrix(tp, fp, fn, tn):
    confusion = Confusion(tp, fp, fn, tn)
    assert Confusion.from_shares(confusion.accuracy, confusion.recall, tp + fn, confusion.total) == confusion


def test_a_matrix_counted_on_paper():
    called, truth = torch.tensor([1, 1, 1, 0, 0, 0, 0]).bool(), torch.tensor([1, 1, 0, 1, 0, 0, 0]).bool()
    confusion = Confusion.of(called, truth)
    assert confusion == Confusion(tp=2, fp=1, fn=1, tn=3)
    assert confusion.mcc == pytest.approx((2 * 3 - 1 * 1) / math.sqrt(3 * 3 * 4 * 4))
    assert confusion.kappa == pytest.approx((5 / 7 - 25 / 49) / (1 - 25 / 49))


def test_equal_scores_share_a_threshold():
    scores, truth = torch.zeros(10), torch.arange(10) < 3
    assert average_precision(scores, truth) == pytest.approx(0.3)
    assert roc_auc(scores, truth) == 0.5
