"""8d: two units on a plane: the error against the planes."""

from __future__ import annotations

from math import pi

from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from .checks import exponent
from .d_maxout import from_curvature, grid, least_factor, worst
from .problem import like

PER_AXIS = (2, 4, 8, 16, 32)
"""4 to 1,024 planes."""
PLANES = tuple(k * k for k in PER_AXIS)


def wave(v: Tensor) -> Tensor:
    """Second derivatives between -1 and 1 in every direction: the Hessian's eigenvalues are -sin(v₁ ± v₂)."""
    return v[:, 0].sin() * v[:, 1].cos()


def study(lab: Lab) -> None:
    zero = like(lab)
    points = grid(-pi, pi, lab.pick(smoke=101, quick=201, full=401), 2, like=zero)
    errors = [
        worst(from_curvature(wave, 1, grid(-pi, pi, k, 2, like=zero, inside=True)), wave, points) for k in PER_AXIS
    ]
    lab.curve(
        "Two units on a plane",
        PLANES,
        errors,
        series="sin v₁ cos v₂",
        x_label="planes per unit",
        y_label="largest error",
        scale="log-log",
    )
    # no point is farther than √2 π/k from one of the tangents' points, and the error is at most r²/2
    over = largest(error * k * k / pi**2 for error, k in zip(errors, PER_AXIS, strict=True))
    lab.claim("plane: error over the bound r²/2, largest of 4 to 1,024 planes", over, at_most=1 + 1e-9)
    lab.claim("plane: error falls with four times the planes, least factor", least_factor(errors), at_least=2.5)
    lab.claim("plane: error ~ planes^-1, exponent off by", abs(exponent(PLANES, errors) + 1), at_most=0.1)
    lab.metric("largest error on the plane, 4 planes", errors[0])
    lab.metric("largest error on the plane, 1024 planes", errors[-1])
