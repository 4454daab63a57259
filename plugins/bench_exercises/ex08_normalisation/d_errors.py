"""8d, the experiments: error against pieces on a line and on a plane, and what a single unit cannot do."""

from __future__ import annotations

from itertools import pairwise
from math import pi
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import smallest

from .d_maxout import Pair, Unit, convex_bound, convex_envelope, from_curvature, from_knots, grid, worst

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PIECES = (4, 8, 16, 32, 64, 128, 256)
PLANES = (2, 4, 8, 16, 32)
"""Per axis: 4 to 1,024 planes."""
BLUE, ORANGE = "#0072B2", "#D55E00"


def smooth(v: Tensor) -> Tensor:
    return v[:, 0].sin()


def rough(v: Tensor) -> Tensor:
    """On [0, 1]: a kink at 0.3 and a slope that grows without bound at 0.7."""
    return (v[:, 0] - 0.3).abs() + (v[:, 0] - 0.7).abs().sqrt()


def wave(v: Tensor) -> Tensor:
    """Second derivatives between -1 and 1 in every direction."""
    return v[:, 0].sin() * v[:, 1].cos()


def on_a_line(lab: Lab) -> None:
    like = torch.zeros((), device=lab.device, dtype=lab.dtype)
    points, unit = grid(-pi, pi, 4097, 1, like=like), grid(0, 1, 8193, 1, like=like)
    errors = {
        "sin on [-π, π]": [
            worst(from_curvature(smooth, 1, grid(-pi, pi, k, 1, like=like, inside=True)), smooth, points)
            for k in PIECES
        ],
        "kink and root on [0, 1]": [
            worst(from_knots(rough, grid(0, 1, k + 1, 1, like=like)[:, 0]), rough, unit) for k in PIECES
        ],
    }
    for series, found in errors.items():
        draw_errors(lab, "Two units on a line", PIECES, found, series=series, x_label="affine pieces per unit")
    one, other = errors.values()
    lab.claim("sin: error falls with every doubling, least factor", least_factor(one), at_least=1)
    lab.claim("sin: error ~ pieces^-2, exponent off by", abs(exponent(PIECES, one) + 2), at_most=0.2)
    lab.claim("sin, 128 pieces: largest error", one[PIECES.index(128)], at_most=(2 * pi / 128) ** 2 / 8 * 1.001)
    lab.claim("kink and root: error falls with every doubling, least factor", least_factor(other), at_least=1)
    lab.metric("exponent of the error, kink and root", exponent(PIECES, other))
    lab.metric("largest error, kink and root, 256 pieces", other[-1])
    lab.figure(
        "Two maxout units",
        picture(like),
        "Above, two units of four pieces and their difference. Below, the best that one unit can do with sin 2πv: a "
        "convex function, however many pieces it has; and two units with the same task.",
    )


def on_a_plane(lab: Lab) -> None:
    like = torch.zeros((), device=lab.device, dtype=lab.dtype)
    points = grid(-pi, pi, lab.pick(smoke=101, quick=201, full=401), 2, like=like)
    errors = [worst(from_curvature(wave, 1, grid(-pi, pi, k, 2, like=like, inside=True)), wave, points) for k in PLANES]
    planes = [k * k for k in PLANES]
    draw_errors(lab, "Two units on a plane", planes, errors, series="sin v₁ cos v₂", x_label="planes per unit")
    lab.claim("plane: error falls with four times the planes, least factor", least_factor(errors), at_least=1)
    lab.claim("plane: error ~ planes^-1, exponent off by", abs(exponent(planes, errors) + 1), at_most=0.2)
    lab.metric("largest error on the plane, 4 planes", errors[0])
    lab.metric("largest error on the plane, 1024 planes", errors[-1])


def one_unit(lab: Lab) -> None:
    """On sin 2πv: the bound, the best convex function, a unit that is trained, and two units with as few pieces."""
    like = torch.zeros((), device=lab.device, dtype=lab.dtype)
    x = grid(0, 1, 4001, 1, like=like)
    y = (2 * pi * x[:, 0]).sin()
    bound = convex_bound(x[:, 0], y)
    best = convex_envelope(x[:, 0], y) + bound
    lab.metric("bound for one unit on sin 2πv", bound)
    lab.claim("bound for one convex unit on sin 2πv", bound, at_least=0.66)
    lab.claim("the best convex function reaches it: error - bound", (best - y).abs().max() - bound, at_most=1e-9)
    steps = lab.pick(smoke=200, quick=500, full=2000)
    trained = train_one(x, y, pieces=32, steps=steps, stream=lab.generator())
    error = float((trained(x) - y).abs().max())
    lab.metric("error of one trained unit of 32 pieces", error)
    lab.claim("one trained unit of 32 pieces: error - bound", error - bound, at_least=0)
    lab.claim(
        "two units of 32 pieces: error over the bound", worst(two(32, like), wave_on_unit, x) / bound, at_most=0.05
    )


def wave_on_unit(v: Tensor) -> Tensor:
    return (2 * pi * v[:, 0]).sin()


def two(pieces: int, like: Tensor) -> Pair:
    """For sin 2πv on [0, 1], whose second derivative is at least -4π²."""
    return from_curvature(wave_on_unit, 4 * pi**2, grid(0, 1, pieces, 1, like=like, inside=True))


def train_one(x: Tensor, y: Tensor, *, pieces: int, steps: int, stream: torch.Generator) -> Unit:
    """A single unit, fitted by Adam to the mean eighth power of the error, which is near the largest one."""
    slopes = torch.randn(pieces, 1, generator=stream).to(x).requires_grad_()
    offsets = (0.1 * torch.randn(pieces, generator=stream)).to(x).requires_grad_()
    optimiser = torch.optim.Adam([slopes, offsets], lr=0.05)
    some, values = x[::20], y[::20]
    for _ in range(steps):
        optimiser.zero_grad()
        (Unit(slopes, offsets)(some) - values).pow(8).mean().backward()
        optimiser.step()
    return Unit(slopes.detach(), offsets.detach())


def exponent(x: tuple[int, ...] | list[int], y: list[float]) -> float:
    """Least-squares slope of log y over log x."""
    log_x, log_y = (torch.tensor(values, dtype=torch.float64).log() for values in (x, y))
    centred = log_x - log_x.mean()
    return float((centred * log_y).sum() / centred.square().sum())


def least_factor(errors: list[float]) -> float:
    return smallest(before / after for before, after in pairwise(errors))


def draw_errors(
    lab: Lab, name: str, x: tuple[int, ...] | list[int], y: list[float], *, series: str, x_label: str
) -> None:
    lab.curve(name, x, y, series=series, x_label=x_label, y_label="largest error", scale="log-log")


def picture(like: Tensor) -> Figure:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.5, 6), facecolor="white", layout="constrained")
    (units, difference), (single, pair) = figure.subplots(2, 2)
    v = grid(-pi, pi, 601, 1, like=like)
    few = from_curvature(smooth, 1, grid(-pi, pi, 4, 1, like=like, inside=True))
    lines(units, v, {"h₁ (convex)": few.plus(v), "h₂ (convex)": few.minus(v)}, "two units of 4 pieces each")
    lines(difference, v, {"h₁ - h₂": few(v), "sin v": smooth(v)}, "their difference")
    v = grid(0, 1, 601, 1, like=like)
    y = wave_on_unit(v)
    best = convex_envelope(v[:, 0], y) + convex_bound(v[:, 0], y)
    lines(single, v, {"best convex function": best, "sin 2πv": y}, "one unit, any number of pieces")
    lines(pair, v, {"h₁ - h₂": two(16, like)(v), "sin 2πv": y}, "two units of 16 pieces each")
    return figure


def lines(axes: Axes, v: Tensor, curves: dict[str, Tensor], title: str) -> None:
    for (name, y), colour, style in zip(curves.items(), (BLUE, ORANGE), ("-", "--"), strict=True):
        axes.plot(v[:, 0].cpu().numpy(), y.cpu().numpy(), color=colour, ls=style, lw=1.8, label=name)
    axes.set_title(title, fontsize=11)
    axes.set_xlabel("v")
    axes.legend(fontsize=9, frameon=False)
