"""ex10, c: what the losses have in common."""

from dataclasses import replace

import pytest
from torch.nn import functional as F

from bench.testing import claims, failed, lab, run_part
from bench_exercises.ex10_batch_size import c_losses, c_targets, exercise
from bench_exercises.ex10_batch_size.c_losses import KINDS


class TestStudy:
    @pytest.mark.parametrize("seed", [0, 5])
    def test_claims_hold(self, seed):
        found = run_part(exercise, "c", lab(seed))
        assert failed(found) == {}
        assert len(claims(found)) == len(found.claims) >= 28

    @pytest.mark.parametrize(
        ("name", "broken"),
        [
            ("PoissonNLL", lambda x, y: F.poisson_nll_loss(x, c_losses.one_hot(x, y), full=True) + 1e-9),
            ("MultiMargin", lambda x, y: F.multi_margin_loss(x, y, margin=1.01)),
            ("MultiLabelMargin", c_losses.one_hot_as_classes),
            ("GaussianNLL", c_losses.gaussian_of_probabilities),
            ("MultiLabelSoftMargin", lambda x, y: F.multilabel_soft_margin_loss(x.exp(), c_losses.one_hot(x, y))),
        ],
    )
    def test_another_loss_fails_them(self, monkeypatch, name, broken):
        monkeypatch.setitem(KINDS, name, replace(KINDS[name], loss=broken))
        here = lab()
        logits, y = c_targets.problem(here)
        c_targets.written_out(here, logits, y)
        assert "all six losses = their formulas: largest difference" in failed(here.findings)
