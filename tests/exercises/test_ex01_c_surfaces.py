"""ex01.c: surfaces, and the steps upon them."""

import pytest
import torch

from bench_exercises.ex01_one_step_by_hand import c_surfaces


def test_newton_sequence_of_the_sheet():
    points = c_surfaces.trajectory(
        lambda x: c_surfaces.newton_step(c_surfaces.bowl(), x), torch.tensor([1.1]).double(), 4
    )
    assert points[:, 0].tolist() == pytest.approx([1.1, -1.331, 2.358, -13.11, 2253.2], rel=1e-3)


@pytest.mark.parametrize("surface", [c_surfaces.bowl(), c_surfaces.exponential()])
def test_surfaces_have_their_own_derivatives(surface):
    x = torch.tensor([0.3, -1.2], dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(surface.value(x), x)
    torch.testing.assert_close(surface.gradient(x.detach()), gradient)
    hessian = torch.autograd.functional.hessian(surface.value, x.detach())
    torch.testing.assert_close(surface.hessian(x.detach()), hessian)


def test_descent_that_does_not_arrive_says_so():
    with pytest.raises(ValueError, match="10 steps"):
        c_surfaces.descend(torch.tensor([1.0, 50.0]), lr=0.01, below=1e-6, most=10)
