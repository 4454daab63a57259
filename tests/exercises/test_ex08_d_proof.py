"""ex08.d.proof: pieces through corners, and sets that are too small break the representation."""

import pytest
import torch

from bench.kit.compare import max_error
from bench_exercises.ex08_normalisation import d_maxout, d_proof

HEIGHTS = torch.randn(3, 3, generator=torch.Generator().manual_seed(0)).double()
POINTS = d_maxout.grid(0, 1, 20, 2, like=HEIGHTS, inside=True)
G, PIECES = d_proof.interpolated(HEIGHTS, POINTS), d_proof.planes(HEIGHTS)


def test_the_interpolant_meets_the_corners():
    corners = d_maxout.grid(0, 1, 3, 2, like=HEIGHTS)
    assert max_error(d_proof.interpolated(HEIGHTS, corners), HEIGHTS.flatten()) < 1e-12


def test_at_every_point_some_piece_is_the_interpolant():
    assert float((d_proof.values(PIECES, POINTS) - G[:, None]).abs().amin(1).max()) < 1e-12


def test_sets_without_the_rule_are_not_enough():
    sets = d_proof.orders(PIECES, POINTS, G)
    assert max_error(d_proof.max_of_minima(PIECES, sets, POINTS), G) < 1e-12
    assert max_error(d_proof.max_of_minima(PIECES, torch.eye(8, dtype=torch.bool), POINTS), G) > 0.1
    h1, h2 = d_proof.two_convex(PIECES, sets, POINTS)
    assert max_error(h1 - h2, G) == pytest.approx(0, abs=1e-10)
