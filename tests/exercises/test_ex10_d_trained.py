"""ex10, d: one output and two, trained."""

import pytest

from bench.testing import failed, run_part
from bench_exercises.ex10_batch_size import d_trained, exercise


def test_three_are_trained_and_the_twin_repeats_the_first():
    found = run_part(exercise, "d.trained")
    assert failed(found) == {}
    assert [row[0] for row in found.tables[0].rows] == [d_trained.TWO, d_trained.ONE, d_trained.FOLDED]
    metrics = {metric.name: metric.value for metric in found.metrics}
    twin, other = (
        metrics[f"largest difference of a logit, two outputs and {which}"] for which in ("their one-output twin", "one")
    )
    assert twin < 1e-4 < other


def test_an_unknown_optimizer_is_refused():
    with pytest.raises(ValueError, match=r"optimizer is (sgd or adam|adam or sgd), not 'lion'"):
        run_part(exercise, "d.trained", optimizer="lion")
