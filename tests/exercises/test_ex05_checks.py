"""ex05: the exponent of a power law."""

from __future__ import annotations

import pytest

from bench_exercises.ex05_dropout_ensemble import checks


def test_the_slope_of_a_power():
    assert checks.slope([1, 2, 5], [3, 12, 75]) == pytest.approx(2)
