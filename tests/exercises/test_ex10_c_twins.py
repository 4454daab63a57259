"""ex10, c: PoissonNLL is a tenth of NLL, also along a training."""

from dataclasses import replace

from torch.nn import functional as F

from bench.testing import failed, lab
from bench_exercises.ex10_batch_size import c_losses, c_twins
from bench_exercises.ex10_batch_size.c_losses import KINDS


def test_poisson_at_the_same_rate_is_another_training(monkeypatch):
    tenth = replace(KINDS["PoissonNLL"], loss=lambda x, y: F.poisson_nll_loss(x, c_losses.one_hot(x, y)) / 10)
    monkeypatch.setitem(KINDS, "PoissonNLL", tenth)
    here = lab()
    c_twins.poisson_is_nll(here)
    assert list(failed(here.findings)) == ["PoissonNLL at 10η trains as NLL at η: largest difference of a weight"]
