"""ex10, c: trained with each loss."""

from bench.testing import run_part
from bench_exercises.ex10_batch_size import c_trained, exercise


def test_every_loss_is_trained_and_charted():
    found = run_part(exercise, "c.trained")
    names = list(c_trained.contenders())
    assert [row[0] for row in found.tables[0].rows] == names
    for chart in ("test accuracy by loss", "accuracy minus confidence"):
        charted = {curve.series for curve in found.curves if curve.name == chart}
        twins = {curve.series for curve in found.curves if curve.name == f"{chart}, twins and mended"}
        assert charted | twins == {*names}
        assert len(charted) <= 4, "more are not told apart"
    metrics = {metric.name: metric.value for metric in found.metrics}
    assert metrics["trap: share of test digits called 0 or 1"] > 0.5
