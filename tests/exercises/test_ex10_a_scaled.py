"""ex10, a: one η/B for every batch size."""

from __future__ import annotations

from math import log

import pytest

from bench.model import Findings
from bench.testing import failed, lab, run_part
from bench_exercises.ex10_batch_size import exercise


@pytest.fixture(scope="module")
def found() -> Findings:
    return run_part(exercise, "a.scaled", lab(), batch=(8, 32))


def test_the_rate_is_in_proportion_to_the_batch_size(found: Findings) -> None:
    assert failed(found) == {}
    (table,) = found.tables
    assert [row[:2] for row in table.rows] == [(8, pytest.approx(0.008)), (32, pytest.approx(0.032))]


def test_the_error_counts_the_scatter_between_trainings(found: Findings) -> None:
    metrics = {metric.name: metric.value for metric in found.metrics}
    between = metrics["at one η/B: scatter of the predicted jump between trainings, relative"]
    apart = log(32 / 8) / 2**0.5
    assert metrics["at one η/B: standard error of that slope"] > between / apart > 0
