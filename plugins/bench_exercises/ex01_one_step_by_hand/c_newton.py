"""1c, recorded: Newton's method on a quadratic, near a minimum, at a saddle, far away, and on the sheet's own net."""

from __future__ import annotations

import math
from functools import partial

import torch
from torch import Tensor

from bench import Lab

from . import c_sheets_net, figures
from . import c_surfaces as surfaces
from .c_surfaces import damped_step, gradient_step, newton_step, trajectory
from .problem import valley

EX04 = 5_852_234
"""The weights of exercise 4's network."""


def study(lab: Lab) -> None:
    """Two or three numbers at a time: nothing that a GPU could speed up."""
    quadratic(lab)
    affine_invariance(lab)
    rate(lab)
    picture(lab, saddle(lab), divergence(lab))
    cost(lab, parameters=(8, 1_000, 1_000_000, EX04))
    c_sheets_net.study(lab)


def vector(*values: float) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def quadratic(lab: Lab) -> None:
    """Curvatures 1, 100 and 10 000: gradient descent at its best rate, against one step of Newton."""
    curvatures = vector(1.0, 100.0, 1e4)
    best = 2 / float(curvatures.min() + curvatures.max())
    steps, distances = surfaces.descend(curvatures, best, below=1e-6, most=100_000)
    after = newton_step(surfaces.quadratic(torch.diag(curvatures)), torch.ones_like(curvatures))
    lab.metric("gradient descent at its best rate until |x| ≤ 1e-6", steps, "steps")
    # |x| = √2 qᵏ: both ends of the spectrum shrink by q = (κ - 1) / (κ + 1) a step, what lies between them faster.
    needed = math.ceil(math.log(math.sqrt(2) / 1e-6) / -math.log((1e4 - 1) / (1e4 + 1)))
    lab.claim("gradient descent at condition 10 000 needs this many steps", steps, equals=needed)
    lab.claim("Newton solves a quadratic in one step: |x| after it", after.norm(), at_most=1e-12)
    lab.curve(
        "1c: gradient descent at condition 10 000",
        range(steps + 1),
        distances,
        series="gradient descent, best rate",
        x_label="step",
        y_label="distance to the minimum",
        scale="log-y",
    )


def affine_invariance(lab: Lab) -> None:
    """In coordinates y with x = T y the iterates correspond: conditioning does not matter."""
    surface, start = surfaces.exponential(), vector(2.0, -0.5)
    turn = torch.randn(2, 2, generator=lab.generator()).double() + 3 * torch.eye(2).double()
    x = trajectory(partial(newton_step, surface), start, 6)
    y = trajectory(partial(newton_step, surfaces.substituted(surface, turn)), torch.linalg.solve(turn, start), 6)
    lab.claim("Newton's path is the same in any coordinates", (y @ turn.T - x).abs().max(), at_most=1e-9)


def rate(lab: Lab) -> None:
    """Near the minimum the error is squared: e^x - 2x turns e into e^2 / 2."""
    points = trajectory(partial(newton_step, surfaces.exponential()), vector(2.0), 6)
    errors = (points[:, 0] - math.log(2)).abs()
    constants = errors[1:] / errors[:-1] ** 2
    lab.table(
        "1c: Newton on e^x - 2x",
        [
            {"step": k, "x": point, "error": error, "error / previous error²": None if k == 0 else constants[k - 1]}
            for k, (point, error) in enumerate(zip(points[:5, 0], errors[:5], strict=True))
        ],
    )
    lab.claim("Newton's error is squared: e' / e² against 1/2", (constants[3] - 0.5).abs(), at_most=0.02)
    lab.claim("Newton on e^x - 2x, error after 6 steps", errors[6], at_most=1e-12)


def saddle(lab: Lab) -> dict[str, Tensor]:
    """x^2 - y^2 from (1, 0.1): Newton goes to the saddle, gradient descent leaves it."""
    surface, start = surfaces.quadratic(torch.diag(vector(2.0, -2.0))), vector(1.0, 0.1)
    descent = trajectory(lambda x: gradient_step(surface, x, 0.1), start, 50)
    jump = trajectory(partial(newton_step, surface), start, 1)
    lab.claim("Newton is attracted by a saddle: distance after one step", jump[-1].norm(), at_most=1e-12)
    # y grows by 1 + 0.1 · 2 a step, to 0.1 · 1.2⁵⁰ = 910.04.
    lab.claim("gradient descent leaves the saddle: |y| after 50 steps", descent[-1, 1].abs(), at_least=910)
    return {"gradient descent": descent[:13], "Newton": jump}


def divergence(lab: Lab) -> dict[str, Tensor]:
    """sqrt(1 + x^2): a full step maps x to -x^3; halving the step until it helps cures it."""
    surface = surfaces.bowl()
    near = trajectory(partial(newton_step, surface), vector(0.9), 6)
    far = trajectory(partial(newton_step, surface), vector(1.1), 4)
    damped = trajectory(partial(damped_step, surface), vector(1.1), 8)
    lab.table("1c: Newton on √(1 + x²) from 1.1", [{"step": k, "x": x} for k, x in enumerate(far[:, 0])])
    cubes = (far[1:] + far[:-1] ** 3).abs() / far[1:].abs()
    lab.claim("Newton on √(1 + x²) maps x to -x³, relative error", cubes.max(), at_most=1e-9)
    # 1.1 to the power 3⁴ is 2253.2.
    lab.claim("Newton diverges from 1.1: |x| after 4 steps", far[-1].abs(), at_least=2250)
    lab.claim("Newton converges from 0.9: |x| after 6 steps", near[-1].abs(), at_most=1e-12)
    lab.claim("damped Newton converges from 1.1: |x| after 8 steps", damped[-1].abs(), at_most=1e-12)
    return {"full steps from 0.9": near, "full steps from 1.1": far, "damped from 1.1": damped}


def narrow_valley() -> tuple[Tensor, dict[str, Tensor]]:
    """A quadratic of condition 25, turned by 30 degrees: gradient descent at its best rate zigzags."""
    matrix, start = valley(30.0, (1.0, 25.0))
    surface = surfaces.quadratic((matrix + matrix.T) / 2)
    descent = trajectory(lambda x: gradient_step(surface, x, 2 / 26), start, 25)
    return matrix, {"gradient descent": descent, "Newton": trajectory(partial(newton_step, surface), start, 1)}


def picture(lab: Lab, at_saddle: dict[str, Tensor], in_bowl: dict[str, Tensor]) -> None:
    matrix, in_valley = narrow_valley()
    figure = figures.journeys(in_valley, matrix, at_saddle, in_bowl)
    lab.figure(
        "1c trajectories", figure, "One step where the function is quadratic; the saddle; too far from a minimum."
    )


def cost(lab: Lab, parameters: tuple[int, ...]) -> None:
    """What one step would need, for nets of several sizes."""
    lab.table("1c: what one Newton step needs", [{"parameters P": p, **surfaces.cost(p)} for p in parameters])
    lab.metric("the Hessian of exercise 4's net in float32", surfaces.cost(EX04)["Hessian, bytes"] / 1e12, "TB")
