"""ex08.d.single: the bound for one unit in closed form."""

import pytest
import torch

from bench_exercises.ex08_normalisation import d_maxout


def test_the_bound_in_closed_form():
    """The envelope's line from (0, 0) touches sin 2πv at t, where tan 2πt = 2πt: with u = 2πt = 4.49341, its slope in
    2πv is cos u, and the gap is largest where cos 2πv = cos u, that is at 2πv = 2π - u."""
    u = 4.493409457909064
    gap = torch.tensor(2 * torch.pi - u).double()
    expected = float((gap.sin() - torch.tensor(u).double().cos() * gap) / 2)
    x = torch.linspace(0, 1, 4001).double()
    assert d_maxout.convex_bound(x, (2 * torch.pi * x).sin()) == pytest.approx(expected, abs=1e-5)
