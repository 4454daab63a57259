"""ex10, a: mistakes in the loop are seen."""

from __future__ import annotations

import pytest

from bench.kit.data import mnist
from bench.testing import lab
from bench_exercises.ex10_batch_size import a_mistakes
from bench_exercises.ex10_batch_size.problem import Digits, Feed


def test_the_loop_that_forgets_nothing_is_the_model_solution_and_every_other_is_not() -> None:
    here = lab()
    digits = Digits.load(mnist(), here.device, here.dtype, 24)
    feed = Feed.draw(digits, 8, 1, 0)
    expected = a_mistakes.by_the_solution(here, feed)
    assert a_mistakes.apart(here, feed, a_mistakes.RIGHT, expected) == pytest.approx(0, abs=1e-12)
    assert all(a_mistakes.apart(here, feed, loop, expected) > 1e-3 for loop in a_mistakes.MISTAKES.values())
