"""ex06.a.mixing: Jacobians of maps that are known, and pixels that are moved."""

from __future__ import annotations

import torch

from bench.testing import lab
from bench_exercises.ex06_pointwise_convolution import (
    a_mixing,
    problem,
)


def drawn(batch: int = 2, inputs: int = 3, outputs: int = 4, side: int = 3, *, seed: int = 0) -> problem.Problem:
    return problem.Problem.draw(lab(seed), batch=batch, inputs=inputs, outputs=outputs, side=side)


def test_jacobian_of_a_scaling_is_diagonal_and_of_a_shift_is_not():
    maps = drawn(batch=1, inputs=2, side=2).maps
    scaled = a_mixing.jacobian(lambda h: 3 * h, maps)
    assert a_mixing.off_diagonal(scaled).abs().max() == 0
    assert torch.equal(a_mixing.diagonal(scaled), 3 * torch.eye(2).double().expand(4, 2, 2))
    assert a_mixing.off_diagonal(a_mixing.jacobian(lambda h: h.roll(1, -1), maps)).abs().max() == 1


def test_permuting_moves_whole_pixels():
    maps = torch.arange(8.0).reshape(1, 2, 2, 2)
    moved = a_mixing.permute_pixels(maps, torch.tensor([3, 0, 1, 2]))
    assert moved.flatten().tolist() == [3, 0, 1, 2, 7, 4, 5, 6]
    assert a_mixing.commutes(lambda h: h.roll(1, -1), maps, torch.tensor([3, 0, 1, 2])) > 0
