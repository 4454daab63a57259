"""8d: two maxout units with opposite signs approximate any continuous function on a box, one alone only convex ones.

A maxout unit is h(v) = max_k (a_k·v + c_k). Planes are (slopes (k, n), offsets (k)); points are (N, n).
(Goodfellow et al. 2013, "Maxout networks", section 4.)
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from math import pi
from typing import NamedTuple

import torch
from torch import Tensor

from bench.kit.compare import max_error, smallest

Function = Callable[[Tensor], Tensor]


class Unit(NamedTuple):
    slopes: Tensor
    offsets: Tensor

    def __call__(self, points: Tensor) -> Tensor:
        return torch.cat([(some @ self.slopes.T + self.offsets).amax(1) for some in points.split(8192)])


class Pair(NamedTuple):
    """f ≈ h1 - h2: what a linear unit with the weights +1 and -1 makes of them."""

    plus: Unit
    minus: Unit

    def __call__(self, points: Tensor) -> Tensor:
        return self.plus(points) - self.minus(points)


def tangents(convex: Function, at: Tensor) -> Unit:
    """The tangent planes of a convex function at k points (k, n): their maximum lies below it, and touches it there."""
    leaf = at.clone().requires_grad_()
    values = convex(leaf)
    (slopes,) = torch.autograd.grad(values.sum(), leaf)
    return Unit(slopes, values.detach() - (slopes * at).sum(1))


def from_curvature(f: Function, curvature: float, at: Tensor) -> Pair:
    """f = (f + λ/2 ‖v‖²) - λ/2 ‖v‖²: both terms are convex where no second derivative of f is below -λ."""

    def bowl(v: Tensor) -> Tensor:
        return curvature / 2 * v.square().sum(1)

    return Pair(tangents(lambda v: f(v) + bowl(v), at), tangents(bowl, at))


def from_knots(f: Function, knots: Tensor) -> Pair:
    """The interpolant of f at k + 1 increasing knots on a line, split by how its slope changes.

    Where it grows, the kink is convex and goes to the first unit, where it falls, to the second.
    """
    values = f(knots[:, None])
    slopes = values.diff() / knots.diff()
    turns = slopes.diff()
    start = Unit(slopes[:1, None], values[:1] - slopes[:1] * knots[:1])
    flat = Unit(torch.zeros_like(start.slopes), torch.zeros_like(start.offsets))
    return Pair(hinged(start, turns.clamp_min(0), knots[1:-1]), hinged(flat, (-turns).clamp_min(0), knots[1:-1]))


def hinged(start: Unit, turns: Tensor, knots: Tensor) -> Unit:
    """start + Σ turn_i (v - knot_i)₊ for turns ≥ 0 is convex: the maximum over its own pieces."""
    slopes = start.slopes + torch.cat([turns.new_zeros(1), turns.cumsum(0)])[:, None]
    offsets = start.offsets - torch.cat([turns.new_zeros(1), (turns * knots).cumsum(0)])
    return Unit(slopes, offsets)


def grid(low: float, high: float, per_axis: int, axes: int, *, like: Tensor, inside: bool = False) -> Tensor:
    """per_axis^axes points of a box, (N, axes): with its borders, or (inside) at the middles of equal cells."""
    if per_axis < 2 and not inside:
        raise ValueError(f"per_axis={per_axis}: a grid with borders needs at least 2 points per axis")
    step = (high - low) / (2 * per_axis) if inside else 0.0
    line = torch.linspace(low + step, high - step, per_axis).to(like)
    return torch.cartesian_prod(*[line] * axes).reshape(-1, axes)


def worst(approximation: Function | Pair, f: Function, points: Tensor) -> float:
    """The largest error over the points."""
    return max_error(approximation(points), f(points))


def least_factor(errors: list[float]) -> float:
    """By which each error is at least smaller than the one before."""
    return smallest(before / after for before, after in pairwise(errors))


def wave_on_unit(v: Tensor) -> Tensor:
    """sin 2πv, to be approximated on [0, 1]."""
    return (2 * pi * v[:, 0]).sin()


def two_on_a_wave(pieces: int, like: Tensor) -> Pair:
    """For ``wave_on_unit``, whose second derivative is at least -4π²."""
    return from_curvature(wave_on_unit, 4 * pi**2, grid(0, 1, pieces, 1, like=like, inside=True))


def convex_envelope(x: Tensor, y: Tensor) -> Tensor:
    """The largest convex function below the points (N) of a curve, at the same x: the lower convex hull."""
    hull: list[int] = []
    xs, ys = x.tolist(), y.tolist()
    for i in range(len(xs)):
        while len(hull) > 1 and (ys[hull[-1]] - ys[hull[-2]]) * (xs[i] - xs[hull[-2]]) >= (ys[i] - ys[hull[-2]]) * (
            xs[hull[-1]] - xs[hull[-2]]
        ):
            hull.pop()
        hull.append(i)
    at = torch.tensor(hull, device=x.device)
    right = torch.searchsorted(x[at], x).clamp(1, len(hull) - 1)
    left, end = at[right - 1], at[right]
    return y[left] + (y[end] - y[left]) * (x - x[left]) / (x[end] - x[left])


def convex_bound(x: Tensor, y: Tensor) -> float:
    """No convex function is nearer to y than this everywhere: half of how far y rises above its convex envelope."""
    return float((y - convex_envelope(x, y)).max() / 2)
