"""3d: the same two models in PyTorch, and how close they come to the ones by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, product

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import relative_error
from bench.kit.compare import largest

from .by_hand import backward, forward, parameters, step
from .checks import starts
from .problem import POOLS, Filter, data, draws
from .reference import train_once

TOLERANCES = {torch.float64: 1e-12, torch.float32: 1e-6}
GAPS = ("gradient", "updated weights", "bias gradient")


def study(lab: Lab, norms: Sequence[str], *, lr: float, sigma: float) -> None:
    filters, _ = starts(lab, sigma, count=4)
    claim_closeness(lab, data(lab), filters, norms=norms, lr=lr)
    claim_any_draw(lab, data(lab), islice(draws(lab, sigma), 50), lr)


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
        gradient, weights, bias = (largest(gaps) for gaps in zip(*worst.values(), strict=True))
        lab.claim(f"{pool}, {kind}: PyTorch's gradient = by hand", gradient, at_most=bound)
        lab.claim(f"{pool}, {kind}: PyTorch's updated weights = by hand", weights, at_most=bound)
        lab.claim(f"{pool}, {kind}: PyTorch's gradient of the bias", bias, at_most=bound)
    lab.table("3d: how close PyTorch comes, the worst of four filters", rows)


def claim_any_draw(lab: Lab, x: Tensor, filters: Iterable[Filter], lr: float) -> None:
    """The gradient in float64 at filters that nobody selected; a very short e costs digits, hence the wider bound."""
    gaps = [gap(x, f, pool=pool, norm="l2", lr=lr, dtype=torch.float64)[0] for f in filters for pool in POOLS]
    lab.claim("draws as they come: PyTorch's gradient = by hand", largest(gaps), at_most=1e-10)


def gap(x: Tensor, f: Filter, *, pool: str, norm: str, lr: float, dtype: torch.dtype) -> tuple[float, float, float]:
    """The relative error of the gradient, the largest error of the weights after a step, and |db|."""
    back = backward(forward(x, f, pool, norm), x, norm)
    after = step(f, back, lr)
    cast = Filter(f.weight.to(dtype), f.bias.to(dtype))
    gradient, moved = train_once(x.to(dtype), cast, pool=pool, norm=norm, lr=lr)
    return (
        relative_error(gradient.weight.to(x), back.weight),
        float((parameters(moved).to(x) - parameters(after)).abs().max()),
        float(gradient.bias.abs().max()),
    )
