"""ex10, b: the learning rates of a schedule, and the trap."""

import math
from functools import partial

import pytest
from torch.optim.lr_scheduler import ConstantLR, ExponentialLR

from bench.testing import failed, lab, run_part
from bench_exercises.ex10_batch_size import b_break, b_rates, exercise


def test_the_scheduler_multiplies_by_gamma_once_an_interval():
    assert b_break.used_rates(0.5, partial(ExponentialLR, gamma=0.9), 4) == pytest.approx(
        [0.5, 0.45, 0.405, 0.3645], rel=1e-12
    )


def test_the_sheets_numbers():
    here = lab()
    b_rates.study(here, 0.9)
    metrics = {metric.name: metric.value for metric in here.findings.metrics}
    assert failed(here.findings) == {}
    assert metrics["learning rate of the 15th and last epoch, over the first"] == pytest.approx(0.2288, abs=5e-5)
    assert metrics["learning rate that a 16th epoch would use, over the first"] == pytest.approx(0.2059, abs=5e-5)
    after = metrics["trap: stepped per batch, learning rate after one epoch over the first"]
    assert math.log10(after) == pytest.approx(1200 * math.log10(0.9), abs=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 1.0, 1.1])
def test_a_factor_that_does_not_fall_is_refused(gamma):
    with pytest.raises(ValueError, match=f"between 0 and 1, not by {gamma}"):
        b_rates.study(lab(), gamma)


def test_another_schedule_fails_the_claims(monkeypatch):
    monkeypatch.setattr(b_rates, "ExponentialLR", lambda optimizer, gamma: ConstantLR(optimizer, 1.0))
    here = lab()
    b_rates.study(here, 0.9)
    assert len(failed(here.findings)) == 5


def test_a_rate_that_is_lost_in_the_floats_is_no_error():
    assert failed(run_part(exercise, "b", gamma=0.001)) == {}
    assert failed(run_part(exercise, "b", gamma=0.54)) == {}
