"""ex10, e: measures by hand against scikit-learn, and what a weight does."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex10_batch_size import exercise, imbalance, metrics, pictures
from bench_exercises.ex10_batch_size.metrics import FROM_DECISIONS, Confusion, average_precision, roc_auc


@st.composite
def classified(draw):
    """Scores with many ties, and the truth, in which both classes appear."""
    rows = draw(st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=0, max_size=40))
    rows += [(draw(st.integers(-4, 4)), True), (draw(st.integers(-4, 4)), False)]
    return torch.tensor([row[0] for row in rows]).double(), torch.tensor([row[1] for row in rows])


@given(classified())
def test_every_measure_is_scikit_learns(given):
    scores, truth = given
    ours, theirs = imbalance.by_hand(scores, truth), imbalance.by_scikit_learn(scores, truth)
    assert ours.keys() == theirs.keys()
    assert ours == pytest.approx(theirs, abs=1e-12)


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


def test_a_constant_answer_scores_nothing():
    confusion = Confusion(tp=0, fp=0, fn=100, tn=900)
    values = {name: getattr(confusion, name) for name in FROM_DECISIONS}
    assert values == pytest.approx(
        dict.fromkeys(FROM_DECISIONS, 0) | {"accuracy": 0.9, "specificity": 1, "balanced_accuracy": 0.5}
    )
    assert Confusion(0, 0, 0, 0).kappa == 0


def test_equal_scores_share_a_threshold():
    scores, truth = torch.zeros(10), torch.arange(10) < 3
    assert average_precision(scores, truth) == pytest.approx(0.3)
    assert roc_auc(scores, truth) == 0.5


@pytest.mark.parametrize("seed", [0, 1, 9])
def test_claims_hold(seed):
    found = run_part(exercise, "e", lab(seed))
    assert failed(found) == {}
    assert len(claims(found)) == len(found.claims) == 24


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
    monkeypatch.setattr(metrics.Confusion, measure, property(broken))
    here = lab()
    imbalance.measures(here)
    assert f"{measure} by hand = scikit-learn" in failed(here.findings)


def test_a_weight_that_is_not_applied_fails_the_shift(monkeypatch):
    plain = imbalance.weighted_loss
    monkeypatch.setattr(imbalance, "weighted_loss", lambda z, y, weight, reduction: plain(z, y, 1.0, reduction))
    here = lab()
    imbalance.weight_moves_the_logit(here)
    assert len(failed(here.findings)) == 1


def test_the_weight_counts_positives_alone():
    z, y = torch.tensor([[0.3], [-1.2]]).double(), torch.tensor([1, 0])
    each = imbalance.weighted_loss(z, y, 5.0, "none")
    expected = [5 * math.log1p(math.exp(-0.3)), math.log1p(math.exp(-1.2))]
    assert each.tolist() == pytest.approx(expected)


class TestTrained:
    @pytest.fixture(scope="class")
    @staticmethod
    def here():
        here = lab()
        run_part(exercise, "e.trained", here)
        return here

    def test_claims_hold(self, here):
        assert failed(here.findings) == {}

    def test_the_table_has_every_measure_of_every_network(self, here):
        (table,) = here.findings.tables
        networks = (imbalance.PLAIN, imbalance.WEIGHTED, imbalance.BACK)
        assert table.columns == ("measure", "definition", 'always "no"', *networks)
        assert len(table.rows) == len(FROM_DECISIONS) + 2

    def test_the_last_epochs_matrix_is_the_one_of_the_outputs(self, here):
        found = {metric.name: metric.value for metric in here.findings.metrics}
        for name in (imbalance.PLAIN, imbalance.WEIGHTED):
            for measure, label in (("recall", "recall"), ("precision", "precision"), ("mcc", "MCC")):
                curve = next(
                    c for c in here.findings.curves if c.series == name and c.name.startswith(f"{label} by epoch")
                )
                assert curve.y[-1] == pytest.approx(found[f"{name}: {measure}"], abs=1e-12)

    def test_the_matrices_are_drawn(self, here):
        (figure,) = here.findings.figures
        assert (here.folder / figure.path).stat().st_size > 5_000


def test_the_curve_turns_where_a_positive_is_found():
    here = lab()
    scores, truth = torch.tensor([3.0, 2.0, 1.0, 0.0]), torch.tensor([1, 0, 1, 0]).bool()
    pictures.trade_offs(here, {"net": scores}, truth)
    curve = here.findings.curves[0]
    assert (curve.x, curve.y) == ((0.5, 1.0), (1.0, pytest.approx(2 / 3)))
