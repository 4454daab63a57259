"""ex10, c: six losses by formula and by PyTorch, what wrong targets do, and how calibration is measured."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex10_batch_size import exercise, losses, losses_trained, targets, traps
from bench_exercises.ex10_batch_size.calibration import (
    calibration_error,
    paired_difference,
    quality,
    reliability,
    standard_error,
)
from bench_exercises.ex10_batch_size.losses import KINDS


@st.composite
def answers(draw):
    """Log-probabilities (N, 10) and classes."""
    n, seed, scale = draw(st.integers(1, 12)), draw(st.integers(0, 999)), draw(st.sampled_from((0.01, 1.0, 30.0)))
    stream = torch.Generator().manual_seed(seed)
    x = (scale * torch.randn(n, 10, generator=stream)).double().log_softmax(1)
    return x, torch.randint(10, (n,), generator=stream)


@pytest.mark.parametrize("name", KINDS)
@given(given=answers())
def test_formula_and_gradient_are_pytorchs(name, given):
    x, y = given
    kind = KINDS[name]
    value, slope = targets.value_and_slope(kind.loss, x, y)
    torch.testing.assert_close(value, kind.formula(x, y).mean(), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(slope, kind.slope(x, y), rtol=1e-12, atol=1e-12)
    assert kind.formula(x, y).min() >= kind.lowest - 1e-12


def test_the_numbers_of_the_sheet():
    assert [round(kind.uniform, 4) for kind in KINDS.values()] == [2.3026, 0.3256, 0.9, 0.3303, 2.9312, 0.9]
    assert [round(kind.lowest, 4) for kind in KINDS.values()] == [0, 0.0693, 0, 0.1, 2.9187, 0]
    assert losses.gaussian_optimum() == pytest.approx(0.127, abs=5e-4)


def test_the_optimum_of_the_gaussian_is_one():
    best = losses.gaussian_optimum()
    assert losses.gaussian_of(best) < min(losses.gaussian_of(best * factor) for factor in (0.999, 1.001))


def test_class_lists_end_with_minus_one():
    lists = losses.class_lists(torch.zeros(2, 4), torch.tensor([3, 0]))
    assert lists.tolist() == [[3, -1, -1, -1], [0, -1, -1, -1]]
    assert lists.dtype == torch.int64


class TestStudy:
    @pytest.mark.parametrize("seed", [0, 5])
    def test_claims_hold(self, seed):
        found = run_part(exercise, "c", lab(seed))
        assert failed(found) == {}
        assert len(claims(found)) == len(found.claims) >= 28

    @pytest.mark.parametrize(
        ("name", "broken"),
        [
            ("PoissonNLL", lambda x, y: F.poisson_nll_loss(x, losses.one_hot(x, y), full=True) + 1e-9),
            ("MultiMargin", lambda x, y: F.multi_margin_loss(x, y, margin=1.01)),
            ("MultiLabelMargin", losses.one_hot_as_classes),
            ("GaussianNLL", losses.gaussian_of_probabilities),
            ("MultiLabelSoftMargin", lambda x, y: F.multilabel_soft_margin_loss(x.exp(), losses.one_hot(x, y))),
        ],
    )
    def test_another_loss_fails_them(self, monkeypatch, name, broken):
        monkeypatch.setitem(KINDS, name, replace(KINDS[name], loss=broken))
        here = lab()
        logits, y = targets.problem(here)
        targets.written_out(here, logits, y)
        assert "all six losses = their formulas: largest difference" in failed(here.findings)

    def test_poisson_at_the_same_rate_is_another_training(self, monkeypatch):
        tenth = replace(KINDS["PoissonNLL"], loss=lambda x, y: F.poisson_nll_loss(x, losses.one_hot(x, y)) / 10)
        monkeypatch.setitem(KINDS, "PoissonNLL", tenth)
        here = lab()
        losses_trained.poisson_is_nll(here)
        assert list(failed(here.findings)) == ["PoissonNLL at 10η trains as NLL at η: largest difference of a weight"]


class TestTraps:
    def test_one_hot_rows_say_nothing_of_the_label(self):
        x = torch.randn(3, 10, generator=torch.Generator().manual_seed(0)).double()
        values = {float(losses.one_hot_as_classes(x, torch.full((3,), k))) for k in range(10)}
        assert max(values) - min(values) < 1e-12

    def test_what_happens_is_told(self):
        assert traps.tried(lambda: torch.tensor(2.5)) == "gives 2.5"
        assert traps.tried(lambda: torch.zeros(2) + torch.zeros(3)).startswith(traps.REFUSED)

    def test_a_batch_of_ten_hides_three_mistakes(self):
        x, y = torch.zeros(10, 10).double().log_softmax(1), torch.arange(10)
        found = [traps.tried(call).startswith(traps.REFUSED) for _, _, call in traps.wrong_forms(x, y)]
        assert sum(found) == 4


class TestCalibration:
    def test_error_against_the_definition(self):
        p = torch.tensor([[0.95, 0.05], [0.91, 0.09], [0.45, 0.55], [0.4, 0.6]]).double()
        y = torch.tensor([0, 1, 1, 1])
        # [0.9, 1): right 1 of 2 at 0.93; [0.5, 0.6): right at 0.55; [0.6, 0.7): right at 0.6
        assert calibration_error(reliability(p, y)) == pytest.approx((2 * 0.43 + 0.45 + 0.4) / 4)

    def test_who_is_always_right_and_sure_has_none(self):
        result = quality(torch.eye(4).double(), torch.arange(4))
        assert (result.accuracy, result.error, result.p_true, result.brier) == (1, 0, 1, 0)

    def test_ten_equal_probabilities(self):
        result = quality(torch.full((20, 10), 0.1, dtype=torch.float64), torch.arange(20) % 10)
        assert result.brier == pytest.approx(0.9)
        assert result.error == pytest.approx(0, abs=1e-12)

    def test_paired_difference_counts_disagreements_alone(self):
        ours, theirs = torch.tensor([1, 1, 1, 0, 1, 1]).bool(), torch.tensor([1, 0, 0, 1, 1, 1]).bool()
        difference, error = paired_difference(ours, theirs)
        assert difference == pytest.approx(1 / 6)
        assert error == pytest.approx(math.sqrt((3 - 1 / 6) / 36))
        assert paired_difference(ours, ours) == (0, 0)

    def test_standard_error(self):
        assert standard_error(0.9, 900) == pytest.approx(0.01)


def test_every_loss_is_trained_and_charted():
    found = run_part(exercise, "c.trained")
    names = list(losses_trained.contenders())
    assert [row[0] for row in found.tables[0].rows] == names
    for chart in ("test accuracy by loss", "accuracy minus confidence"):
        charted = {curve.series for curve in found.curves if curve.name == chart}
        twins = {curve.series for curve in found.curves if curve.name == f"{chart}, twins and mended"}
        assert charted | twins == {*names}
        assert len(charted) <= 4, "more are not told apart"
    metrics = {metric.name: metric.value for metric in found.metrics}
    assert metrics["trap: share of test digits called 0 or 1"] > 0.5
