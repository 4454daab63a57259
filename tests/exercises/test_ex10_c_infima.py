"""ex10, c: how low the losses get."""

from dataclasses import replace

import pytest

from bench.testing import failed, lab
from bench_exercises.ex10_batch_size import c_infima, c_targets
from bench_exercises.ex10_batch_size.c_losses import KINDS, gaussian_optimum


@pytest.mark.parametrize("name", c_infima.NOT_OBVIOUS)
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_another_infimum_fails_a_claim(monkeypatch, name, factor):
    monkeypatch.setitem(KINDS, name, replace(KINDS[name], lowest=factor * KINDS[name].lowest))
    here = lab()
    c_infima.study(here, *c_targets.problem(here))
    assert any(claim.startswith(f"{name} ") for claim in failed(here.findings))


def test_another_optimum_fails_the_claims_of_the_gaussian(monkeypatch):
    monkeypatch.setattr(c_infima, "gaussian_optimum", lambda: 1.001 * gaussian_optimum())
    here = lab()
    c_infima.study(here, *c_targets.problem(here))
    assert len(failed(here.findings)) == 3


def test_the_minimisation_begins_far_from_the_optimum(monkeypatch):
    monkeypatch.setattr(c_infima, "STEPS", 0)
    p = c_infima.minimised(lab())
    assert (p[:, 0] - gaussian_optimum()).abs().max() > 0.1
    assert p[:, 1:].std() > 0.1
