"""ex10, d: rounding drives two equal trainings apart, and less than a stranger."""

import torch

from bench.testing import failed, lab
from bench_exercises.ex10_batch_size import d_drift


def test_it_is_rounding_that_drives_them_apart():
    gaps = {dtype: d_drift.apart_by_step(lab(), dtype)[d_drift.TWIN] for dtype in (torch.float32, torch.float64)}
    assert 0 < gaps[torch.float64][-1] < 1e-6 * gaps[torch.float32][-1] < 1e-11


def test_a_twin_at_another_rate_is_a_stranger(monkeypatch):
    honest = d_drift.twin_optimizer
    monkeypatch.setattr(
        d_drift, "twin_optimizer", lambda net, make, rate, last: honest(net, make, rate, last=1 + 0.99 * (last - 1))
    )
    here = lab()
    d_drift.study(here)
    assert list(failed(here.findings)) == [
        f"{name}: logits of two outputs and their twin, gap over what rounding may do: largest"
        for name in d_drift.DTYPES
    ]
