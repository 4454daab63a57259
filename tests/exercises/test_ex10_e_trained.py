"""ex10, e: trained with and without a weight on the zeros."""

import pytest
import torch

from bench.testing import failed, lab, run_part
from bench_exercises.ex10_batch_size import e_trained, exercise
from bench_exercises.ex10_batch_size.e_metrics import FROM_DECISIONS


class TestTrained:
    @pytest.fixture(scope="class")
    @staticmethod
    def here():
        here = lab()
        run_part(exercise, "e.trained", here)
        return here

    def test_claims_hold(self, here):
        assert failed(here.findings) == {}

    def test_the_table_has_every_measure_of_every_network(self, here):
        (table,) = here.findings.tables
        networks = (e_trained.PLAIN, e_trained.WEIGHTED, e_trained.BACK)
        assert table.columns == ("measure", "definition", 'always "no"', *networks)
        assert len(table.rows) == len(FROM_DECISIONS) + 2

    def test_the_last_epochs_matrix_is_the_one_of_the_outputs(self, here):
        found = {metric.name: metric.value for metric in here.findings.metrics}
        for name in (e_trained.PLAIN, e_trained.WEIGHTED):
            for measure, label in (("recall", "recall"), ("precision", "precision"), ("mcc", "MCC")):
                curve = next(
                    c for c in here.findings.curves if c.series == name and c.name.startswith(f"{label} by epoch")
                )
                assert curve.y[-1] == pytest.approx(found[f"{name}: {measure}"], abs=1e-12)

    def test_the_matrices_are_drawn(self, here):
        (figure,) = here.findings.figures
        assert (here.folder / figure.path).stat().st_size > 5_000


def test_the_curve_turns_where_a_positive_is_found():
    here = lab()
    scores, truth = torch.tensor([3.0, 2.0, 1.0, 0.0]), torch.tensor([1, 0, 1, 0]).bool()
    e_trained.trade_offs(here, {"net": scores}, truth)
    curve = here.findings.curves[0]
    assert (curve.x, curve.y) == ((0.5, 1.0), (1.0, pytest.approx(2 / 3)))
