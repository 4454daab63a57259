"""ex05.a.sampled: the predicted error falls with the root of k."""

from __future__ import annotations

import pytest

from bench.testing import lab
from bench_exercises.ex05_dropout_ensemble import a_sampled
from bench_exercises.ex05_dropout_ensemble.problem import Head


def test_prediction_falls_with_the_root():
    head = Head.draw(lab(), units=4)
    one, hundred = (a_sampled.predicted_logit_error(head, 0.5, k) for k in (1, 100))
    assert one / hundred == pytest.approx(10)
