"""3a and 3b, recorded: one model by hand and numerically, its one update, and what its minimum is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import central_differences, relative_error
from bench.kit.compare import largest

from . import drawing
from .byhand import Backward, Forward, backward, forward, step
from .problem import DATA, KERNEL, POOLS, Filter

SHEET_LR = 1e-4
LENGTHS = {"average": 0.2, "max": 0.55}
"""How long e must be for a first-order prediction: the curvature of |e| grows like 1 / |e|."""
GAP = 0.03
"""How far the two values of a window, and e from its axes, must be apart: one update moves them by less."""


def data(lab: Lab) -> Tensor:
    """Data1 and Data2 as x (2, 2, 4)."""
    return torch.tensor(DATA, dtype=lab.dtype, device=lab.device)


def draws(lab: Lab, sigma: float) -> Iterator[Filter]:
    """Filters with weight and bias N(0, sigma), without end."""
    if not 0 < sigma < float("inf"):
        raise ValueError(f"sigma must be a positive number, got {sigma}")
    generator = lab.generator()
    while True:
        weight, bias = (sigma * torch.randn(shape, generator=generator) for shape in ((2, KERNEL), (1,)))
        yield Filter(weight.to(lab.device, lab.dtype), bias.to(lab.device, lab.dtype))


def smooth(x: Tensor, f: Filter, sigma: float) -> bool:
    """Whether both models are differentiable here with room to spare; lengths scale with ``sigma`` / 0.1."""
    scale = sigma / 0.1
    models = {pool: forward(x, f, pool) for pool in POOLS}
    windows = models["max"].y.unfold(1, 2, 1)
    return all(
        bool(at.e.norm() >= scale * LENGTHS[pool]) and bool(at.e.abs().min() >= scale * GAP)
        for pool, at in models.items()
    ) and bool((windows[..., 0] - windows[..., 1]).abs().min() >= scale * GAP)


def starts(lab: Lab, sigma: float, count: int) -> tuple[list[Filter], int]:
    """The first ``count`` draws at which both models are smooth, and how many draws that took."""
    x, found = data(lab), []
    for number, f in enumerate(draws(lab, sigma), start=1):
        if smooth(x, f, sigma):
            found.append(f)
        if len(found) == count:
            return found, number
    raise AssertionError("draws() does not end")


def numeric(x: Tensor, f: Filter, pool: str, norm: str) -> Filter:
    """Central differences of the loss by each of the five parameters."""

    def loss(weight: Tensor, bias: Tensor) -> Tensor:
        return forward(x, Filter(weight, bias), pool, norm).loss

    return Filter(*central_differences(loss, (f.weight, f.bias)))


def parameters(f: Filter | Backward) -> Tensor:
    """The four weights and the bias, or their gradients, as (5,)."""
    return torch.cat([f.weight.flatten(), f.bias])


def record(lab: Lab, pool: str, norms: Sequence[str], *, lr: float, sigma: float) -> None:
    """Tables, figure and claims of one model."""
    x = data(lab)
    filters, tried = starts(lab, sigma, count=4)
    first, letter = filters[0], "a" if pool == "average" else "b"
    at = forward(x, first, pool)
    back = backward(at, x)
    lab.table(f"3{letter}: every number, {pool} pooling, L2 norm", list(quantities(at, back)))
    lab.table(
        f"3{letter}: gradients and one update, {pool} pooling, lr {lr:g}", list(updates(x, first, pool, norms, lr=lr))
    )
    picture = drawing.routes(at, back, pool)
    lab.figure(
        f"3{letter} routes {pool}",
        picture,
        "Which y each window reads, and the derivative that returns along each arrow; what meets in y2 is added.",
    )
    lab.metric(f"{pool}: filters drawn for 4 that keep away from kinks", tried)
    claim_gradients(lab, x, filters, pool=pool, norms=norms)
    claim_decrease(lab, x, filters, pool)
    train(lab, x, first, pool=pool, norms=norms)


def quantities(at: Forward, back: Backward) -> Iterator[dict[str, Any]]:
    """Each vector of the forward and of the backward pass, one entry a column."""
    named = {
        "y of Data1": at.y[0],
        "y of Data2": at.y[1],
        "z of Data1": at.out[0],
        "z of Data2": at.out[1],
        "e, the difference of both z": at.e,
        "loss": at.loss[None],
        "dz of Data1 = -e / ‖e‖": back.out[0],
        "dz of Data2 = e / ‖e‖": back.out[1],
        "dy of Data1": back.y[0],
        "dy of Data2": back.y[1],
        "dW of channel 1": back.weight[0],
        "dW of channel 2": back.weight[1],
        "db": back.bias,
    }
    for name, values in named.items():
        yield {"quantity": name, **{str(i + 1): values[i] if i < len(values) else None for i in range(3)}}


def updates(x: Tensor, f: Filter, pool: str, norms: Sequence[str], *, lr: float) -> Iterator[dict[str, Any]]:
    """For each norm and parameter: before, derivative by hand and numerically, after one step."""
    for norm in norms:
        back = backward(forward(x, f, pool, norm), x, norm)
        columns = [parameters(part) for part in (f, back, numeric(x, f, pool, norm), step(f, back, lr))]
        for i, name in enumerate(("w[1,1]", "w[1,2]", "w[2,1]", "w[2,2]", "bias")):
            before, found, differences, after = (column[i] for column in columns)
            yield {
                "norm": norm,
                "parameter": name,
                "before": before,
                "by hand": found,
                "numeric": differences,
                "after": after,
                "change": after - before,
            }


def claim_gradients(lab: Lab, x: Tensor, filters: Sequence[Filter], *, pool: str, norms: Sequence[str]) -> None:
    """By hand against central differences, and the bias gradient, at every filter and for every norm."""
    gaps, biases = [], []
    for f in filters:
        for norm in norms:
            back = backward(forward(x, f, pool, norm), x, norm)
            gaps.append(relative_error(parameters(back), parameters(numeric(x, f, pool, norm))))
            biases.append(back.bias.abs().max())
    lab.claim(f"{pool}: gradient by hand = central differences", largest(gaps), at_most=1e-7)
    lab.claim(f"{pool}: the gradient of the bias is exactly 0", largest(biases), equals=0)


def claim_decrease(lab: Lab, x: Tensor, filters: Sequence[Filter], pool: str) -> None:
    """One update at the sheet's rate lowers |e| by lr |g|^2, to first order."""
    worst = largest(abs(decrease(x, f, pool) - 1) for f in filters)
    lab.claim(f"{pool}: one update lowers the loss by lr·‖g‖², relative error", worst, at_most=0.02)


def decrease(x: Tensor, f: Filter, pool: str) -> float:
    """By how much one update lowers the loss, in units of lr |g|^2."""
    before = forward(x, f, pool)
    back = backward(before, x)
    after = forward(x, step(f, back, SHEET_LR), pool)
    return float((before.loss - after.loss) / (SHEET_LR * parameters(back).square().sum()))


def train(lab: Lab, x: Tensor, f: Filter, *, pool: str, norms: Sequence[str]) -> None:
    """Many updates at the sheet's rate: how each norm falls."""
    steps = lab.pick(smoke=300, quick=800, full=2000)
    for norm in norms:
        lengths, current = [], f
        for _ in range(steps):
            at = forward(x, current, pool, norm)
            lengths.append(at.e.norm())
            current = step(current, backward(at, x, norm), SHEET_LR)
        lab.curve(
            f"3: ‖e‖ while training at lr 1e-4, {pool} pooling",
            range(steps),
            torch.stack(lengths),
            series=f"{norm} norm",
            x_label="update",
            y_label="‖e‖",
        )


def several(value: object) -> tuple[Any, ...]:
    """A parameter as a tuple: ``--param norm=l1`` gives one value where the default gives several."""
    return tuple(value) if isinstance(value, tuple | list) else (value,)
