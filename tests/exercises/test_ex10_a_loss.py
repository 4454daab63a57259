"""ex10, a: log-softmax and NLL."""

import pytest

from bench.testing import claims, failed, run_part
from bench_exercises.ex10_batch_size import exercise


def test_the_loss_part_holds_and_its_trap_is_real():
    found = run_part(exercise, "a.loss")
    assert failed(found) == {}
    assert claims(found)["the network has so many parameters"].value == 1_621_706
    metrics = {metric.name: metric.value for metric in found.metrics}
    assert metrics["trap: NLL of the plain softmax"] == pytest.approx(-0.1, abs=0.02)
