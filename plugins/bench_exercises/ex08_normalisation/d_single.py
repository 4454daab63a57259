"""8d: one unit is convex, or concave with a negative weight behind it, and neither is enough.

The gap between sin 2πv and its convex envelope in closed form: the envelope leaves (0, 0) on the line that touches
the curve at t with tan 2πt = 2πt. With u = 2πt = 4.4934…, that line has the slope cos u in 2πv, and the gap is largest
where cos 2πv = cos u, that is at 2πv = 2π - u.
"""

from __future__ import annotations

from math import cos, pi, sin

import torch
from torch import Tensor

from bench import Lab
from bench.kit.compare import max_error

from .d_maxout import Unit, convex_bound, convex_envelope, grid, two_on_a_wave, wave_on_unit, worst
from .problem import like

TOUCHES = 4.493409457909064
"""The least u > 0 with tan u = u."""
CLOSED_FORM = (sin(2 * pi - TOUCHES) - cos(TOUCHES) * (2 * pi - TOUCHES)) / 2


def study(lab: Lab) -> None:
    """On sin 2πv: the bound, the best convex function, a unit that is trained, and two units with as few pieces."""
    zero = like(lab)
    x = grid(0, 1, 4001, 1, like=zero)
    y = wave_on_unit(x)
    bound = convex_bound(x[:, 0], y)
    lab.metric("bound for one unit on sin 2πv", bound)
    # between the points of the grid a curve of second derivative 4π² hides at most 4π²/8 · (1/4000)² = 3e-7
    lab.claim("bound for one convex unit on sin 2πv: off the closed form by", abs(bound - CLOSED_FORM), at_most=1e-6)
    concave = convex_bound(x[:, 0], -y)
    lab.claim("bound for one concave unit: off the same closed form by", abs(concave - CLOSED_FORM), at_most=1e-6)
    best = convex_envelope(x[:, 0], y) + bound
    lab.claim("the best convex function reaches it: |error - bound|", abs(max_error(best, y) - bound), at_most=1e-9)
    trained = train_one(x, y, steps=lab.pick(smoke=200, quick=500, full=2000), stream=lab.generator())
    error = max_error(trained(x), y)
    lab.metric("error of one trained unit of 32 pieces", error)
    lab.claim("one trained unit of 32 pieces: error - bound", error - bound, at_least=0)
    over = worst(two_on_a_wave(32, zero), wave_on_unit, x) / bound
    lab.claim("two units of 32 pieces: error over the bound", over, at_most=pi**2 / 2 / 32**2 / bound)


def train_one(x: Tensor, y: Tensor, *, steps: int, stream: torch.Generator, pieces: int = 32) -> Unit:
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
