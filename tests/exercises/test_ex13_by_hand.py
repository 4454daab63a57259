"""ex13, both methods by hand: against constants on paper, and against each other and autograd."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from bench.testing import lab
from bench_exercises.ex13_early_stopping import by_hand, reference
from bench_exercises.ex13_early_stopping.problem import Regression, draw, spread


def double(*values):
    return torch.tensor(values, dtype=torch.float64)


ON_PAPER = Regression(double((1.0, 0.0), (0.0, 2.0)), double(4.0, 4.0))
"""H = diag(1/2, 2), b = (2, 4), w* = (4, 2)."""


def test_on_paper():
    walked = torch.stack(list(by_hand.iterates(ON_PAPER, 0.25, 2)))
    assert walked.tolist() == [[0, 0], [0.5, 1.0], [0.9375, 1.5]]
    assert by_hand.ridge(ON_PAPER, 2.0).tolist() == [0.8, 1.0]
    assert by_hand.closed_form(ON_PAPER, 0.25, 2).tolist() == pytest.approx([0.9375, 1.5])


def test_fractions_on_paper():
    assert float(by_hand.stopped(double(0.5), 1.0, 3)) == pytest.approx(0.875)
    assert float(by_hand.shrunk(double(3.0), 1.0)) == 0.75
    assert float(by_hand.equivalent(double(0.5), 1.0, 3)) == pytest.approx(0.5 / 7)
    tiny = by_hand.stopped(double(1e-12), 1e-3, 10)
    assert float(tiny) == pytest.approx(1e-14, rel=1e-9)


@given(st.integers(1, 6), st.integers(0, 200), st.floats(0.01, 0.9), st.integers(0, 99))
def test_steps_closed_form_power_and_autograd_agree(d, steps, rate, seed):
    problem, optimum = draw(lab(seed), d + 3, spread(0.05, 1.0, d))
    walked = by_hand.descend(problem, rate, steps)
    for way in (by_hand.closed_form, by_hand.by_squaring, reference.descend_with_autograd):
        assert torch.allclose(way(problem, rate, steps), walked, rtol=0, atol=1e-10)
    assert torch.allclose(torch.linalg.lstsq(problem.x, problem.y).solution, optimum, atol=1e-10)
