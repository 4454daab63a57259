"""ex04, a_dropout: three ways to drop, told apart."""

from __future__ import annotations

import pytest

from bench.testing import failed
from bench_exercises.ex04_cifar10 import a_dropout
from tests.exercises import ex04_tiny

no_photographs = ex04_tiny.no_photographs


@pytest.mark.parametrize("change", a_dropout.changes(0.5, 0.15), ids=lambda change: change.label)
def test_places_and_passes(change):
    here, setting, photos = ex04_tiny.posed()
    a_dropout.passes(here, setting, change, photos.train.ready(photos.train.x[:8]))
    assert failed(here.findings) == {}
    assert len(here.findings.claims) == (5 if change.label == "dropout" else 2)
