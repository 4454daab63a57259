"""ex01.d: the bound of Adam's steps."""

import pytest

from bench_exercises.ex01_one_step_by_hand import d_descents


def test_adams_bound_is_that_of_cauchy_and_schwarz():
    assert d_descents.step_bound() == pytest.approx(7.2703, abs=1e-3)
