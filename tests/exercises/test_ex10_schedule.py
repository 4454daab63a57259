"""ex10, b: the learning rates of a schedule, the trap, and the loop that trains with them."""

import math
from dataclasses import replace

import pytest
import torch
from torch.optim.lr_scheduler import ExponentialLR

from bench.lab import Lab
from bench.testing import failed, lab, run_part
from bench_exercises.ex10_batch_size import exercise, loops, schedule
from bench_exercises.ex10_batch_size.network import initial
from bench_exercises.ex10_batch_size.trainings import Plan


def test_the_scheduler_multiplies_by_gamma_once_an_interval():
    assert schedule.used_rates(0.5, 0.9, 4) == pytest.approx([0.5, 0.45, 0.405, 0.3645], rel=1e-12)


def test_the_sheets_numbers():
    here = lab()
    schedule.learning_rates(here, 0.9)
    metrics = {metric.name: metric.value for metric in here.findings.metrics}
    assert failed(here.findings) == {}
    assert metrics["learning rate of the 15th and last epoch, over the first"] == pytest.approx(0.2288, abs=5e-5)
    assert metrics["learning rate that a 16th epoch would use, over the first"] == pytest.approx(0.2059, abs=5e-5)
    after = metrics["trap: stepped per batch, learning rate after one epoch over the first"]
    assert math.log10(after) == pytest.approx(1200 * math.log10(0.9), abs=1e-9)


@pytest.mark.parametrize("gamma", [0.0, 1.0, 1.1])
def test_a_factor_that_does_not_fall_is_refused(gamma):
    with pytest.raises(ValueError, match=f"between 0 and 1, not by {gamma}"):
        schedule.learning_rates(lab(), gamma)


def test_another_schedule_fails_the_claims(monkeypatch):
    monkeypatch.setattr(
        schedule, "ExponentialLR", lambda optimizer, gamma: torch.optim.lr_scheduler.ConstantLR(optimizer, 1.0)
    )
    here = lab()
    schedule.learning_rates(here, 0.9)
    assert len(failed(here.findings)) == 4


@pytest.fixture
def plan() -> Plan:
    return Plan.of(lab(), images=60, epochs=3, batch=20, optimizer="sgd")


def test_the_rate_falls_after_each_epoch_and_not_before(plan):
    rates = {kind: [epoch.rate for epoch in schedule.train(plan, kind, 0.5).epochs] for kind in schedule.KINDS}
    assert rates[schedule.CONSTANT] == [0.01] * 4
    assert rates[schedule.PER_EPOCH] == pytest.approx([0.01, 0.01, 0.005, 0.0025], rel=1e-12)
    assert rates[schedule.PER_BATCH][2] == pytest.approx(0.01 * 0.5**3, rel=1e-12)


def test_all_kinds_start_alike_and_constant_is_no_schedule(plan):
    constant, falling = (schedule.train(plan, kind, 0.5) for kind in (schedule.CONSTANT, schedule.PER_EPOCH))
    assert constant.epochs[:2] == falling.epochs[:2]
    assert constant.epochs[2] != falling.epochs[2]


@pytest.mark.parametrize("kind", schedule.KINDS)
def test_a_training_that_was_cut_off_goes_on_to_the_same_end(plan, kind, monkeypatch):
    whole = schedule.train(replace(plan, lab=lab()), kind, 0.5)
    path = plan.lab.checkpoint(f"sgd, {kind}")
    seen = []

    def cut(epochs, label):
        seen.append(label)
        return epochs if len(seen) > 1 else list(epochs)[:1]

    monkeypatch.setattr(Lab, "track", lambda self, epochs, label: cut(epochs, label))
    assert len(schedule.train(plan, kind, 0.5).epochs) == 2
    assert path.exists()
    again = schedule.train(plan, kind, 0.5)
    assert again.epochs == whole.epochs
    assert torch.equal(again.losses, whole.losses)


def test_the_study_records_every_training():
    found = run_part(exercise, "b.trained", batch=50, optimizer="adam")
    assert failed(found) == {}
    assert [row[:2] for row in found.tables[0].rows] == [("adam", kind) for kind in schedule.KINDS]


class TestLoops:
    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    def test_the_kit_is_the_usual_loop(self, optimizer):
        calls = loops.variants(lab(), 8, optimizer)
        expected = calls.pop("idiomatic loop")()
        for call in calls.values():
            for key, value in call().items():
                torch.testing.assert_close(value, expected[key], rtol=0, atol=1e-9)

    def test_a_second_call_gives_the_same(self):
        for call in loops.variants(lab(dtype=torch.float32), 8, "sgd").values():
            first, second = call(), call()
            assert all(torch.equal(first[key], second[key]) for key in first)

    def test_the_rate_falls_between_the_epochs_of_both(self, monkeypatch):
        made = []
        monkeypatch.setattr(loops, "ExponentialLR", lambda *given: made.append(ExponentialLR(*given)) or made[-1])
        for call in loops.variants(lab(), 8, "sgd").values():
            call()
        assert [scheduler.last_epoch for scheduler in made] == [loops.EPOCHS] * 3

    def test_the_start_is_left_alone(self):
        start = initial(0)
        before = {name: value.clone() for name, value in start.state_dict().items()}
        loops.kit(
            loops.some(lab(dtype=torch.float32), 8),
            start,
            8,
            optimizer="sgd",
            seed=0,
            layout=torch.contiguous_format,
        )
        assert all(torch.equal(value, before[name]) for name, value in start.state_dict().items())


def test_a_rate_that_is_lost_in_the_floats_is_no_error():
    assert failed(run_part(exercise, "b", gamma=0.001)) == {}
    assert failed(run_part(exercise, "b", gamma=0.54)) == {}
