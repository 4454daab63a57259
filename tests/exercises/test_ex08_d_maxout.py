"""ex08.d: units, tangents, interpolants and envelopes on paper."""

import pytest
import torch

from bench_exercises.ex08_normalisation import d_maxout

ZERO = torch.zeros((), dtype=torch.float64)


def column(*values):
    return torch.tensor(values, dtype=torch.float64)[:, None]


def test_a_grid_needs_two_points_an_axis():
    with pytest.raises(ValueError, match="per_axis=1"):
        d_maxout.grid(0, 1, 1, 1, like=ZERO)
    assert d_maxout.least_factor([8.0, 2.0, 1.0]) == 2


def test_a_unit_on_paper():
    unit = d_maxout.Unit(column(-1.0, 1.0), torch.tensor([0.0, 0.0]).double())
    assert unit(column(-3.0, 0.0, 2.0)).tolist() == [3, 0, 2]
    assert d_maxout.Pair(unit, unit)(column(-3.0, 2.0)).tolist() == [0, 0]


def test_tangents_touch_from_below():
    unit = d_maxout.tangents(lambda v: v.square().sum(1), column(-1.0, 1.0))
    assert unit.slopes.flatten().tolist() == [-2, 2]
    assert unit.offsets.tolist() == [-1, -1]


def test_interpolation_is_exact_for_a_piecewise_linear_function():
    def zigzag(v):
        return (v[:, 0] - 0.25).abs() - 2 * (v[:, 0] - 0.5).abs()

    knots = torch.linspace(0, 1, 5).double()
    pair = d_maxout.from_knots(zigzag, knots)
    points = d_maxout.grid(0, 1, 101, 1, like=ZERO)
    assert d_maxout.worst(pair, zigzag, points) < 1e-14
    assert len(pair.plus.offsets) == len(pair.minus.offsets) == 4
    assert torch.all(pair.plus.slopes.flatten().diff() >= 0), "each unit must be convex"
    assert torch.all(pair.minus.slopes.flatten().diff() >= 0)


def test_the_envelope_on_paper():
    """Of the points (0, 0), (1, 2), (2, 0), (3, 1) the lower hull is 0, 0, 0, 1; half of the largest gap is 1."""
    x, y = torch.arange(4.0).double(), torch.tensor([0.0, 2.0, 0.0, 1.0]).double()
    assert d_maxout.convex_envelope(x, y).tolist() == [0, 0, 0, 1]
    assert d_maxout.convex_bound(x, y) == 1
    assert d_maxout.convex_bound(x, x.square()) == 0
