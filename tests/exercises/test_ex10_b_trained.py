"""ex10, b: trained with a schedule."""

from functools import cache

import pytest
import torch

from bench.kit.training import History
from bench.lab import Lab
from bench.testing import failed, lab, run_part
from bench_exercises.ex10_batch_size import b_rates, b_trained, exercise
from bench_exercises.ex10_batch_size.reference import Plan


def planned() -> Plan:
    return Plan.of(lab(), images=60, epochs=3, batch=20, optimizer="sgd")


@pytest.fixture
def plan() -> Plan:
    return planned()


@cache
def whole(kind: str) -> History:
    """The training of a kind without a break, in a lab of its own."""
    return b_trained.train(planned(), kind, 0.5).history


def test_the_rate_falls_after_each_epoch_and_not_before():
    rates = {kind: [epoch.rate for epoch in whole(kind).epochs] for kind in b_rates.KINDS}
    assert rates[b_rates.CONSTANT] == [0.01] * 4
    assert rates[b_rates.PER_EPOCH] == pytest.approx([0.01, 0.01, 0.005, 0.0025], rel=1e-12)
    assert rates[b_rates.PER_BATCH][2] == pytest.approx(0.01 * 0.5**3, rel=1e-12)


def test_all_kinds_start_alike_and_constant_is_no_schedule():
    constant, falling = (whole(kind) for kind in (b_rates.CONSTANT, b_rates.PER_EPOCH))
    assert constant.epochs[:2] == falling.epochs[:2]
    assert constant.epochs[2] != falling.epochs[2]


@pytest.mark.parametrize("kind", b_rates.KINDS)
def test_a_training_that_was_cut_off_goes_on_to_the_same_end(plan, kind, monkeypatch):
    uninterrupted = whole(kind)
    path = plan.lab.checkpoint(f"sgd, {kind}")
    seen = []

    def cut(epochs, label):
        seen.append(label)
        return epochs if len(seen) > 1 else list(epochs)[:1]

    monkeypatch.setattr(Lab, "track", lambda self, epochs, label: cut(epochs, label))
    assert len(b_trained.train(plan, kind, 0.5).history.epochs) == 2
    assert path.exists()
    again = b_trained.train(plan, kind, 0.5).history
    assert again.epochs == uninterrupted.epochs
    assert torch.equal(again.losses, uninterrupted.losses)


def test_the_study_records_every_training():
    found = run_part(exercise, "b.trained", batch=50, optimizer="adam")
    assert failed(found) == {}
    assert [row[:2] for row in found.tables[0].rows] == [("adam", kind) for kind in b_rates.KINDS]
