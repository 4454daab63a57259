"""ex15: which layers have two nodes above, and formulas that are wrong in one letter."""

import pytest
import torch

from bench.testing import lab
from bench_exercises.ex15_conv1d_backward import c_readings
from bench_exercises.ex15_conv1d_backward.problem import SAME


def test_every_reading_with_two_nodes_is_among_the_layers():
    sizes = {(c.n, c.m, c.s, c.p, c.r) for c in c_readings.layers_with_two_nodes()}
    assert {
        (4, 3, 1, 0, 1),
        (3, 2, 1, 0, 1),
        (2, 3, 1, 1, 1),
        (5, 3, 2, 0, 1),
        (4, 2, 2, 0, 1),
        (4, 2, 1, 0, 2),
    } <= sizes
    assert (5, 3, 1, 0, 1) not in sizes


def test_same_on_paper():
    x, w, d = (torch.tensor(values) for values in ((5, 6), (1, 2, 3), (1, 10)))
    dx, dw = c_readings.same_2_3(x, w, d)
    assert ([int(v) for v in dx], [int(v) for v in dw]) == ([12, 23], [50, 65, 6])


@pytest.mark.parametrize("name", c_readings.FORMULAS)
def test_a_formula_with_two_entries_exchanged_is_seen(name):
    c, formula = c_readings.FORMULAS[name]

    def exchanged(x, w, d):
        dx, dw = formula(x, w, d)
        return dx, dw[::-1]

    assert c_readings.formula_error(lab(), c, formula) <= 1e-12
    assert c_readings.formula_error(lab(), c, exchanged) > 1e-3


def test_same_keeps_the_length():
    assert SAME.q == SAME.n
