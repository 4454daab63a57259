"""ex10, a: the same training with several batch sizes, as a run sees it."""

import pytest
import torch

from bench.testing import failed, lab, run_part
from bench_exercises.ex10_batch_size import a_curves, a_training, exercise


class TestStudy:
    @pytest.fixture(scope="class")
    @staticmethod
    def here():
        here = lab()
        run_part(exercise, "a", here, batch=(8, 32))
        return here

    def test_claims_hold_and_the_data_is_named(self, here):
        assert failed(here.findings) == {}
        assert [source.name for source in here.findings.data] == ["MNIST (embedded)"]

    def test_every_chart_has_a_series_for_every_batch_size(self, here):
        series = {}
        for curve in here.findings.curves:
            series.setdefault(curve.name, []).append(curve.series)
        for kind in ("cost", "error"):
            found = series.pop(f"{kind} of each batch")
            assert found == [f"{split}, batch {size}" for split in ("train", "test") for size in (8, 32)]
            for split in ("train", "test"):
                names = [name for name in series if split in name and name.startswith(kind)]
                assert len(names) == 2, "by images seen, by epoch"
        assert set(map(tuple, series.values())) == {("batch 8", "batch 32")}

    def test_curves_by_iteration_are_whole(self, here):
        lengths = {c.series: len(c.x) for c in here.findings.curves if c.name == "cost of each batch"}
        assert lengths == {"train, batch 8": 20, "train, batch 32": 5, "test, batch 8": 20, "test, batch 32": 5}

    def test_the_table_has_a_row_for_every_batch_size(self, here):
        table = {table.name: table for table in here.findings.tables}["Batch sizes compared"]
        assert [row[:2] for row in table.rows] == [(8, 20), (32, 5)]

    def test_the_pictures_are_drawn(self, here):
        assert [figure.name for figure in here.findings.figures if "observed against predicted" in figure.name]
        assert len(here.findings.figures) == 5
        assert all((here.folder / figure.path).stat().st_size > 10_000 for figure in here.findings.figures)

    def test_a_curve_that_jumps_otherwise_than_predicted_fails(self, here, monkeypatch):
        honest = a_training.plainly

        def noisier(net, optimizer, digits):
            update = honest(net, optimizer, digits)
            return lambda chosen, looked: update(chosen, looked[:1])

        monkeypatch.setattr(a_training, "plainly", noisier)
        found = run_part(exercise, "a", lab(), batch=(8, 32))
        assert failed(found)

    def test_is_the_same_for_the_same_seed(self, here):
        again, part = lab(), exercise.parts["a"]
        values = part.described.at("smoke").parameters | {"batch": (8, 32)}
        part.run(again, **values)  # whatever the global streams hold
        assert again.findings == here.findings

    def test_one_batch_size_alone_and_adam(self):
        assert len(run_part(exercise, "a", batch=32, optimizer="adam").tables[0].rows) == 1


def test_rounding_keeps_five_digits():
    assert a_curves.rounded(torch.tensor([0.123456789, 12345.678])) == [0.12346, 12346.0]
