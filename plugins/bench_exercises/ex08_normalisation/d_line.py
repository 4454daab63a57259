"""8d: two units on a line: the error against the pieces, for a smooth function and for one that is not."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest

from .checks import exponent
from .d_maxout import (
    Pair,
    convex_bound,
    convex_envelope,
    from_curvature,
    from_knots,
    grid,
    least_factor,
    two_on_a_wave,
    wave_on_unit,
    worst,
)
from .figures import Panel, panels
from .problem import like

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PIECES = (4, 8, 16, 32, 64, 128, 256)


def smooth(v: Tensor) -> Tensor:
    return v[:, 0].sin()


def rough(v: Tensor) -> Tensor:
    """On [0, 1]: a kink at 0.3 and a slope that grows without bound at 0.7."""
    return (v[:, 0] - 0.3).abs() + (v[:, 0] - 0.7).abs().sqrt()


def study(lab: Lab) -> None:
    zero = like(lab)
    points = grid(-pi, pi, 4097, 1, like=zero)
    # the largest error is at the root itself, which no even grid has
    unit = torch.cat([grid(0, 1, 8193, 1, like=zero), zero.new_full((1, 1), 0.7)])
    one = [worst(tangents_of_sine(k, zero), smooth, points) for k in PIECES]
    other = [worst(from_knots(rough, grid(0, 1, k + 1, 1, like=zero)[:, 0]), rough, unit) for k in PIECES]
    for series, found in (("sin on [-π, π]", one), ("kink and root on [0, 1]", other)):
        lab.curve(
            "Two units on a line",
            PIECES,
            found,
            series=series,
            x_label="affine pieces per unit",
            y_label="largest error",
            scale="log-log",
        )
    of_sine(lab, one)
    of_the_root(lab, other)
    lab.figure("Two maxout units", picture(zero), CAPTION)


def tangents_of_sine(pieces: int, zero: Tensor) -> Pair:
    return from_curvature(smooth, 1, grid(-pi, pi, pieces, 1, like=zero, inside=True))


def of_sine(lab: Lab, errors: list[float]) -> None:
    """The bound is h²/8 in cells of width h, since second derivatives lie between -1 and 1."""
    over = [error / ((2 * pi / k) ** 2 / 8) for error, k in zip(errors, PIECES, strict=True)]
    lab.claim("sin: error over h²/8, largest of 4 to 256 pieces", largest(over), at_most=1 + 1e-9)
    lab.claim("sin, 128 pieces: error over h²/8", over[PIECES.index(128)], at_least=0.99)
    lab.claim("sin: error falls with every doubling, least factor", least_factor(errors), at_least=3.5)
    lab.claim("sin: error ~ pieces^-2, exponent off by", abs(exponent(PIECES, errors) + 2), at_most=0.05)
    lab.metric("sin, 128 pieces: largest error", errors[PIECES.index(128)])


def of_the_root(lab: Lab, errors: list[float]) -> None:
    """√|v - 0.7| errs by h^½ times a number that hangs on where 0.7 lies in its cell: the same at k and 16 k."""
    off = largest(abs(few / many / 4 - 1) for few, many in zip(errors, errors[4:], strict=False))
    lab.claim("kink and root: 16 times the pieces, a quarter of the error, off by", off, at_most=0.01)
    least = least_factor(errors)
    lab.claim("kink and root: error falls with every doubling, least factor", least, at_least=1.05)
    lab.metric("exponent of the error, kink and root", exponent(PIECES, errors))
    lab.metric("largest error, kink and root, 256 pieces", errors[-1])


CAPTION = (
    "Above, two units of four pieces and their difference. Below, the best that one unit can do with sin 2πv: a "
    "convex function, however many pieces it has; and two units with the same task."
)


def picture(zero: Tensor) -> Figure:
    v = grid(-pi, pi, 601, 1, like=zero)
    few = tangents_of_sine(4, zero)
    u = grid(0, 1, 601, 1, like=zero)
    y = wave_on_unit(u)
    best = convex_envelope(u[:, 0], y) + convex_bound(u[:, 0], y)
    return panels(
        [
            Panel("two units of 4 pieces each", v[:, 0], {"h₁ (convex)": few.plus(v), "h₂ (convex)": few.minus(v)}),
            Panel("their difference", v[:, 0], {"h₁ - h₂": few(v), "sin v": smooth(v)}),
            Panel("one unit, any number of pieces", u[:, 0], {"best convex function": best, "sin 2πv": y}),
            Panel("two units of 16 pieces each", u[:, 0], {"h₁ - h₂": two_on_a_wave(16, zero)(u), "sin 2πv": y}),
        ]
    )
