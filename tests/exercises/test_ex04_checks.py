"""ex04, checks: a trainer that learns nothing is seen, and so is every mistake."""

from __future__ import annotations

import torch

from bench.testing import failed, run_part
from bench_exercises.ex04_cifar10 import checks, exercise
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs


def test_every_mistake_fails_its_claim_by_far(bench_lab):
    here, setting, _ = ex04_tiny.posed()
    checks.same_training(here, setting)
    (table,) = here.findings.tables
    assert len(table.rows) == 9
    assert failed(here.findings) == {}
    mistaken = table.columns.index("with the mistake")
    assert all(row[mistaken] > 1000 * checks.ROUNDING for row in table.rows)


def test_a_trainer_that_learns_nothing_fails(monkeypatch):
    monkeypatch.setattr(torch.optim.SGD, "step", lambda *_, **__: None)
    assert checks.BY_HAND in failed(run_part(exercise, "a", **ex04_tiny.TINY))


def test_claims_hold_at_another_seed():
    here, setting, _ = ex04_tiny.posed(1)
    checks.same_training(here, setting)
    assert failed(here.findings) == {}
