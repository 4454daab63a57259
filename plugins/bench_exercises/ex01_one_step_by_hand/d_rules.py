"""1d, recorded: SGD, RMSprop and Adam on badly scaled gradients, on a narrow valley, and on the same valley turned."""

from __future__ import annotations

from functools import partial

import torch

from bench import Lab
from bench.kit.byhand import adam, rmsprop, sgd
from bench.kit.compare import largest, relative_error, smallest

from . import d_correction, d_half_degree, d_noise, d_sparse
from . import d_descents as descents
from .d_descents import BETA1, STEPS, losses, moves
from .problem import valley

GRID = tuple(10 ** (exponent / 4) for exponent in range(-16, 5))
CURVATURES = (1.0, 1e4)
SGD_RATE = 0.99 * 2 / max(CURVATURES)
"""Just below 2 / the largest curvature, where gradient descent begins to diverge."""
FLOOR = 1e-30
"""Losses are drawn, and compared, no lower than this: below it they are zero for every purpose."""


def study(lab: Lab) -> None:
    """Every advantage, and where it ends."""
    first_step(lab, lr=0.001)
    scale(lab, lr=0.01)
    turned(lab, lr=0.01, steps=500)
    angles(lab, lr=0.01, steps=500)
    bounded_steps(lab)
    d_correction.study(lab)
    d_noise.study(lab)
    d_sparse.study(lab)


def first_step(lab: Lab, lr: float) -> None:
    """Gradients of 1e-3, 1 and 1000, then 100 times as large."""
    gradient = torch.tensor([1e-3, 1.0, 1e3], dtype=lab.dtype, device=lab.device)
    small, large = descents.first_steps(gradient, lr), descents.first_steps(100 * gradient, lr)
    lab.table(
        "1d: the first step",
        [
            {
                "optimiser": name,
                "gradients": label,
                **{f"g = {g:g}": step for g, step in zip((1e-3, 1, 1e3), steps, strict=True)},
            }
            for name in STEPS
            for label, steps in (("as they are", small[name]), ("times 100", large[name]))
        ],
    )
    for name, times in (("Adam", 1), ("RMSprop", 10)):
        # ε against the smallest root of v, that is 1e-3 for Adam and 1e-4 for RMSprop.
        both = torch.cat([small[name], large[name]])
        lab.claim(
            f"{name}'s first step is {times} lr, whatever the gradient",
            (both / (times * lr) + 1).abs().max(),
            at_most=1.01e-5 * times,
        )
    lab.claim(
        "SGD's first steps span six orders", small["SGD"].abs().max() / small["SGD"].abs().min(), at_least=0.999e6
    )


def scale(lab: Lab, lr: float) -> None:
    """The objective times 100: the path of Adam and RMSprop stays, as long as gradients are far above eps."""
    matrix, start = valley(0.0, CURVATURES)
    for name in ("Adam", "RMSprop"):
        one, hundred = (
            losses(STEPS[name], matrix, start, torch.tensor([lr], dtype=torch.float64), steps=50, scale=k)[:, 0]
            for k in (1, 100)
        )
        lab.claim(
            f"{name}'s path does not depend on the scale of the loss", ((one - hundred) / one).abs().max(), at_most=1e-8
        )


def turned(lab: Lab, lr: float, steps: int) -> None:
    """Curvatures 1 and 10 000, along the axes and turned by 45 degrees."""
    rates = {"SGD": SGD_RATE, "RMSprop": lr, "Adam": lr}
    last: dict[tuple[str, float], float] = {}
    early: dict[str, float] = {}
    for degrees in (0.0, 45.0):
        matrix, start = valley(degrees, CURVATURES)
        for name, step in STEPS.items():
            history = losses(step, matrix, start, torch.tensor([rates[name]], dtype=torch.float64), steps=steps)[
                :, 0
            ].clamp_min(FLOOR)
            last[name, degrees] = float(history[-1])
            early[name] = float(history[149])
            lab.curve(
                f"1d: a valley of condition 10 000, turned by {degrees:g}°",
                range(1, steps + 1),
                history,
                series=name,
                x_label="step",
                y_label="loss (no lower than 1e-30)",
                scale="log-y",
            )
    best = {(name, degrees): best_of_grid(name, degrees, steps) for name, degrees in last}
    record(lab, rates, last, best)
    ahead = early["SGD"] / largest(early["RMSprop"], early["Adam"])
    lab.claim("turned by 45°, after 150 steps: SGD's loss over the worse of both", ahead, at_least=1.0)


def best_of_grid(name: str, degrees: float, steps: int) -> tuple[float, float]:
    """The lowest last loss over the grid of rates, and the rate. SGD's grid ends at its limit of stability."""
    grid = [SGD_RATE * rate for rate in GRID if rate <= 1] if name == "SGD" else GRID
    rates = torch.tensor(grid, dtype=torch.float64)
    matrix, start = valley(degrees, CURVATURES)
    ends = losses(STEPS[name], matrix, start, rates, steps=steps)[-1].clamp_min(FLOOR)
    return float(ends.min()), float(rates[ends.argmin()])


def best_of_momentum(degrees: float, steps: int) -> float:
    """The lowest last loss of SGD along Adam's m, without the division: the control that tells what momentum does.

    It is stable up to 2 (1 + β1) / (1 - β1) over the largest curvature, 19 times as far as without.
    """
    limit = 0.99 * 2 * (1 + BETA1) / (1 - BETA1) / max(CURVATURES)
    rates = torch.tensor([limit * rate for rate in GRID if rate <= 1], dtype=torch.float64)
    matrix, start = valley(degrees, CURVATURES)
    rule = partial(sgd, momentum=BETA1, dampening=BETA1)
    return float(losses(rule, matrix, start, rates, steps=steps)[-1].min())


def record(
    lab: Lab,
    rates: dict[str, float],
    last: dict[tuple[str, float], float],
    best: dict[tuple[str, float], tuple[float, float]],
) -> None:
    """The table over rules and angles, and what is claimed of it."""
    lab.table(
        "1d: loss after the last step",
        [
            {
                "optimiser": name,
                "turned by, degrees": degrees,
                "lr": rates[name],
                "loss": loss,
                "best lr of a grid": best[name, degrees][1],
                "loss at the best lr": best[name, degrees][0],
            }
            for (name, degrees), loss in last.items()
        ],
    )
    for name in ("RMSprop", "Adam"):
        lab.claim(f"along the axes: SGD's loss over {name}'s", last["SGD", 0.0] / last[name, 0.0], at_least=1e12)
        lab.claim(f"turned by 45°: SGD's loss over {name}'s", last["SGD", 45.0] / last[name, 45.0], at_most=1.0)
        lab.metric(f"turned by 45°, best rates: SGD's loss over {name}'s", best["SGD", 45.0][0] / best[name, 45.0][0])
    lab.claim(
        "turned by 45°, best rates: SGD's loss over that of RMSprop, which has no momentum either",
        best["SGD", 45.0][0] / best["RMSprop", 45.0][0],
        at_most=1.0,
    )
    with_momentum = best_of_momentum(45.0, steps=500)
    name = "turned by 45°, best rates: loss of SGD with Adam's momentum over Adam's"
    lab.claim(name, with_momentum / best["Adam", 45.0][0], at_most=1.0)
    # (1 - η λ)^1000 for both curvatures.
    law = sum(0.5 * c * (1 - rates["SGD"] * c) ** 1000 for c in CURVATURES)
    lab.claim("SGD's loss in the valley = its closed form, relative", abs(last["SGD", 0.0] / law - 1), at_most=1e-9)
    lab.claim("SGD does not notice the turn, relative", abs(last["SGD", 45.0] / last["SGD", 0.0] - 1), at_most=1e-9)


def angles(lab: Lab, lr: float, steps: int) -> None:
    """How little of a turn is enough: the last loss over the angle, at one rate."""
    degrees = [0.5 * 10 ** (k / 8) for k in range(-40, 1)] + [1.0, 2.0, 5.0, 10.0, 20.0, 45.0]
    valleys = [valley(angle, CURVATURES) for angle in degrees]
    matrices, starts = (torch.stack(parts) for parts in zip(*valleys, strict=True))
    half = {}
    for name, rate in (("SGD", SGD_RATE), ("RMSprop", lr), ("Adam", lr)):
        rates = torch.full((len(degrees),), rate, dtype=torch.float64)
        ends = losses(STEPS[name], matrices, starts, rates, steps=steps)[-1].clamp_min(FLOOR)
        half[name] = float(ends[degrees.index(0.5)])
        lab.curve(
            "1d: the turn that spoils the advantage",
            degrees,
            ends,
            series=name,
            x_label="turn, degrees",
            y_label=f"loss after {steps} steps",
            scale="log-log",
        )
    best = smallest(half["RMSprop"], half["Adam"])
    lab.claim("turned by half a degree: SGD's loss over the better of both", half["SGD"] / best, at_most=1.0)
    at_best = {name: best_of_grid(name, 0.5, steps)[0] for name in ("RMSprop", "Adam")}
    d_half_degree.other_rates(lab, half["SGD"], at_best)
    d_half_degree.milder(lab, lr, steps)
    d_half_degree.memory(lab, CURVATURES, lr, steps)
    d_half_degree.diagonal(lab, CURVATURES, steps)


def bounded_steps(lab: Lab) -> None:
    """Adam under Cauchy gradients (no mean, no variance), and under the sequence that comes nearest to the bound."""
    wild = torch.empty(1000, 8).cauchy_(generator=lab.generator()).to(lab.device, lab.dtype)
    growing = (0.999 / 0.9) ** torch.arange(-2999, 1, dtype=lab.dtype, device=lab.device)[:, None]
    lab.metric("Cauchy gradients: the largest, so SGD's largest step", wild.abs().max(), "lr")
    farthest = moves(adam, wild).abs().max()
    # v is at least (1 - α) g²; reached in the first step, so that rounding alone would fail the bound.
    name, bound = "RMSprop's steps stay bounded, in units of lr", 1 / (1 - descents.ALPHA) ** 0.5
    lab.claim(name, moves(rmsprop, wild).abs().max(), at_most=bound * (1 + 1e-9))
    lab.metric("Cauchy gradients: Adam's largest step", farthest, "lr")
    lab.metric("Adam's steps are bounded by", descents.step_bound(), "lr")
    reached = moves(adam, growing)[-1].abs()
    lab.claim(
        "Adam's steps stay bounded, in units of lr",
        largest(farthest, reached.max()),
        at_most=descents.step_bound(),
    )
    lab.claim(
        "gradients that grow by 11 % a step come near the bound: relative difference from theory",
        relative_error(reached, torch.full_like(reached, descents.step_of_growing(len(growing)))),
        at_most=1e-6,
    )
    lab.metric("the longest step of gradients that grow by 11 % a step", reached.max(), "lr")
