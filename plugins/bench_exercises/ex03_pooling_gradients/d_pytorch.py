"""3d: the same two models in PyTorch, and how close they come to the ones by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, product

import torch
from torch import Tensor

from bench import Lab, Mistake, break_it
from bench.kit.compare import largest, max_error, relative_error

from . import d_updates
from .by_hand import backward, forward, parameters, step
from .checks import climbed, gradient_mistakes, starts
from .problem import POOLS, Filter, data, draws
from .reference import outputs, train_once

TOLERANCES = {torch.float64: 1e-12, torch.float32: 1e-6}
"""What "close" means in either precision."""
GAPS = ("outputs", "gradient", "updated weights", "bias gradient")


def study(lab: Lab, norms: Sequence[str], *, lr: float, sigma: float, updates: int) -> None:
    x, (filters, _) = data(lab), starts(lab, sigma, count=4)
    claim_closeness(lab, x, filters, norms=norms, lr=lr)
    claim_any_draw(lab, x, islice(draws(lab, sigma), 50), lr)
    d_updates.follow(lab, x, filters[0], lr=lr, updates=updates)
    break_it(lab, *mistakes(x, filters[0], lr))


def claim_closeness(lab: Lab, x: Tensor, filters: Sequence[Filter], *, norms: Sequence[str], lr: float) -> None:
    """Both models in float64 and in float32, against by hand in float64: the worst norm and filter."""
    rows = []
    for (dtype, bound), pool in product(TOLERANCES.items(), POOLS):
        kind = str(dtype).removeprefix("torch.")
        worst = {
            norm: [
                largest(g)
                for g in zip(*(gap(x, f, pool=pool, norm=norm, lr=lr, dtype=dtype) for f in filters), strict=True)
            ]
            for norm in norms
        }
        rows += [
            {"dtype": kind, "pool": pool, "norm": norm, **dict(zip(GAPS, gaps, strict=True))}
            for norm, gaps in worst.items()
        ]
        out, gradient, weights, bias = (largest(gaps) for gaps in zip(*worst.values(), strict=True))
        lab.claim(f"{pool}, {kind}: PyTorch's outputs = by hand", out, at_most=bound)
        lab.claim(f"{pool}, {kind}: PyTorch's gradient = by hand", gradient, at_most=bound)
        lab.claim(f"{pool}, {kind}: PyTorch's updated weights = by hand", weights, at_most=bound)
        lab.claim(f"{pool}, {kind}: PyTorch's gradient of the bias", bias, at_most=bound)
    lab.table("3d: how close PyTorch comes, the worst of four filters", rows)


def claim_any_draw(lab: Lab, x: Tensor, filters: Iterable[Filter], lr: float) -> None:
    """The gradient in float64 at filters that nobody selected; a very short e costs digits, hence the wider bound."""
    gaps = [gap(x, f, pool=pool, norm="l2", lr=lr, dtype=torch.float64)[1] for f in filters for pool in POOLS]
    lab.claim("draws as they come: PyTorch's gradient = by hand", largest(gaps), at_most=1e-10)


def gap(x: Tensor, f: Filter, *, pool: str, norm: str, lr: float, dtype: torch.dtype) -> tuple[float, ...]:
    """The relative errors of outputs and gradient, the largest error of the weights after a step, and |db|."""
    at = forward(x, f, pool, norm)
    back = backward(at, x, norm)
    cast = Filter(f.weight.to(dtype), f.bias.to(dtype))
    gradient, moved = train_once(x.to(dtype), cast, pool=pool, norm=norm, lr=lr)
    return (
        relative_error(outputs(x.to(dtype), cast, pool)[1].to(x), at.out),
        relative_error(gradient.weight.to(x), back.weight),
        # One update moves a weight by about 1e-4: with a careless tolerance even no update at all would pass.
        max_error(parameters(moved).to(x), parameters(step(f, back, lr))),
        max_error(gradient.bias.to(x), torch.zeros_like(f.bias)),
    )


def mistakes(x: Tensor, f: Filter, lr: float) -> list[Mistake]:
    """The classic slips, each held against PyTorch as the right computation is."""
    truth = {pool: train_once(x, f, pool=pool, norm="l2", lr=lr) for pool in POOLS}
    found = [
        Mistake(
            name=f"{pool}: {name}",
            fails=f"{pool}, float64: PyTorch's gradient = by hand",
            value=relative_error(truth[pool][0].weight, wrong),
        )
        for name, pool, wrong in gradient_mistakes(x, f)
    ]
    up = climbed(f, backward(forward(x, f, "average"), x), lr)
    unbiased = forward(x, Filter(f.weight, torch.zeros_like(f.bias)), "average").out
    return [
        *found,
        Mistake(
            name="average: the update climbs",
            fails="average, float64: PyTorch's updated weights = by hand",
            value=max_error(parameters(truth["average"][1]), parameters(up)),
        ),
        Mistake(
            name="average: no bias on the way forward",
            fails="average, float64: PyTorch's outputs = by hand",
            value=relative_error(outputs(x, f, "average")[1], unbiased),
        ),
    ]
