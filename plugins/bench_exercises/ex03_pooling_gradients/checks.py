"""Independent ways to know what is right: PyTorch's outputs, central differences, an update foretold; and mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import torch
from torch import Tensor

from bench import Lab
from bench.kit.byhand import central_differences
from bench.kit.compare import largest, max_error, relative_error

from .by_hand import Backward, Forward, backward, forward, parameters, step, to_filter, to_places
from .problem import POOLS, SHEET_LR, Filter, data, draws, patches
from .reference import jacobian, outputs

STEP = 1e-5
"""Of a central difference, in units of |e|. Along a weight |e| has a third derivative of at most 1.2 |j|³ / |e|², where
j, by which e moves with that weight, is shorter than 13 here: off by less than 0.2 STEP² 13³ < DIFFERENCED."""
DIFFERENCED = 1e-7


def steepest(x: Tensor) -> float:
    """The largest |J|² of the max model over all its switches: one update moves no entry of e, and no y away from
    another, by more than the rate times this."""
    seen = patches(x).flatten(2)
    rows = [[seen[1, b] - seen[0, a] for a, b in product((p, p + 1), repeat=2)] for p in (0, 1)]
    return largest(torch.linalg.matrix_norm(torch.stack(pair), 2).square() for pair in product(*rows))


def steady(x: Tensor, f: Filter, sigma: float) -> bool:
    """Whether one update changes no switch and no sign of e in either model; ``sigma`` / 0.1 scales what it needs."""
    room = sigma / 0.1 * SHEET_LR * steepest(x)
    models = {pool: forward(x, f, pool) for pool in POOLS}
    windows = models["max"].y.unfold(1, 2, 1)
    apart = [*(at.e.abs().min() for at in models.values()), (windows[..., 0] - windows[..., 1]).abs().min()]
    return all(bool(distance >= room) for distance in apart)


def switched(x: Tensor, f: Filter) -> bool:
    """Whether the two data sets send their maxima to different places."""
    taken = forward(x, f, "max").shares
    return not torch.equal(taken[0], taken[1])


def starts(lab: Lab, sigma: float, count: int) -> tuple[list[Filter], int]:
    """``count`` draws that one update keeps steady, and which draw the first of them was, from 1.

    The first is the one that is worked out; in it the two data sets have different switches.
    """
    x, found, first = data(lab), list[Filter](), 0
    for number, f in enumerate(draws(lab, sigma), start=1):
        if steady(x, f, sigma) and (found or switched(x, f)):
            found.append(f)
            first = first or number
        if len(found) == count:
            return found, first
    raise AssertionError("draws() does not end")


def numeric(x: Tensor, f: Filter, pool: str, norm: str) -> Filter:
    """Central differences of the loss by each of the five parameters."""

    def loss(weight: Tensor, bias: Tensor) -> Tensor:
        return forward(x, Filter(weight, bias), pool, norm).loss

    return Filter(*central_differences(loss, (f.weight, f.bias), step=_step(x, f, pool)))


def numeric_biases(x: Tensor, f: Filter, pool: str, norm: str) -> Tensor:
    """The same if each data set had a bias of its own: (2,)."""

    def loss(biases: Tensor) -> Tensor:
        return forward(x, Filter(f.weight, biases[:, None]), pool, norm).loss

    return central_differences(loss, (f.bias.expand(2),), step=_step(x, f, pool))[0]


def _step(x: Tensor, f: Filter, pool: str) -> float:
    return STEP * float(forward(x, f, pool).e.norm())


def claim_forward(lab: Lab, x: Tensor, filters: Sequence[Filter], pool: str) -> None:
    """y and z themselves: a bias that is left out, or a tie that goes astray, does not show in their differences."""
    ours = [forward(x, f, pool) for f in filters]
    errors = [relative_error((at.y, at.out), outputs(x, f, pool)) for f, at in zip(filters, ours, strict=True)]
    lab.claim(f"{pool}: y and z by hand = PyTorch's", largest(errors), at_most=1e-12)


def claim_gradients(lab: Lab, x: Tensor, filters: Sequence[Filter], *, pool: str, norms: Sequence[str]) -> None:
    """By hand against central differences, at every filter and for every norm; and what becomes of the bias."""
    gaps, biases, moved = [], [], []
    for f, norm in product(filters, norms):
        at = forward(x, f, pool, norm)
        back = backward(at, x, norm)
        gaps.append(relative_error(parameters(back), parameters(numeric(x, f, pool, norm))))
        biases.append(max_error(back.y.sum(1), numeric_biases(x, f, pool, norm)))
        moved.append(max_error(forward(x, Filter(f.weight, f.bias + 1), pool, norm).loss, at.loss))
    lab.claim(f"{pool}: gradient by hand = central differences", largest(gaps), at_most=DIFFERENCED)
    lab.claim(
        f"{pool}: a bias for each data set would get ∓Σu, as differences say", largest(biases), at_most=DIFFERENCED
    )
    lab.claim(f"{pool}: a bias greater by 1 changes the loss by", largest(moved), at_most=1e-12)


def claim_decrease(lab: Lab, x: Tensor, filters: Sequence[Filter], pool: str) -> None:
    """One update at the sheet's rate lowers |e| by lr |g|², up to the curvature of |e|; exactly, e becomes e - lr J g.

    Along the update |e| has a second derivative of at most lr² |J g|² / |e|, with |e| at least |e| - lr |J g|.
    """
    errors, bounds, foretold = [], [], []
    for f in filters:
        at, after, g, moved = updated(x, f, pool)
        gain = SHEET_LR * float(g.square().sum())
        errors.append(abs(float(at.loss - after.loss) / gain - 1))
        bounds.append(float(moved.square().sum() / (2 * (at.loss - moved.norm()))) / gain)
        foretold.append(max_error(after.loss, (at.e - moved).norm()))
    lab.claim(
        f"{pool}: one update lowers the loss by lr·‖g‖², relative error", largest(errors), at_most=largest(bounds)
    )
    lab.claim(f"{pool}: the loss after one update = ‖e - lr·J·g‖", largest(foretold), at_most=1e-12, as_declared=True)


def updated(x: Tensor, f: Filter, pool: str) -> tuple[Forward, Forward, Tensor, Tensor]:
    """Before and after one update at the sheet's rate, the gradient of the weights (4,), and lr J g."""
    at = forward(x, f, pool)
    back = backward(at, x)
    g = back.weight.flatten()
    return at, forward(x, step(f, back, SHEET_LR), pool), g, SHEET_LR * jacobian(x, f, pool) @ g


def gradient_mistakes(x: Tensor, f: Filter) -> Iterator[tuple[str, str, Tensor]]:
    """What the classic slips make of dW: which slip, in which model, and the result (C, K)."""
    average, most = (forward(x, f, pool) for pool in POOLS)
    u = average.e / average.e.norm()
    right = backward(average, x)

    def weight(taken: Tensor, d_out: Tensor) -> Tensor:
        return to_filter(to_places(taken, d_out), x)

    yield "Data1 enters with a plus", "average", weight(average.shares, torch.stack([u, u]))
    yield "out1 is taken for a constant", "average", to_filter(right.y[1:], x[1:])
    yield "the sum of a window for its mean", "average", weight(2 * average.shares, right.out)
    yield "y2 keeps only what the last window sends", "average", weight(_last_window(average.shares), right.out)
    yield "the kernel is flipped", "average", right.weight.flip(1)
    d_out = backward(most, x).out
    yield "shared out evenly, as behind an average", "max", weight(average.shares, d_out)
    yield "the switches of Data1 for Data2 too", "max", weight(most.shares[[0, 0]], d_out)
    coarse = forward(x, f, "max", stride=2)
    yield "PyTorch's default stride", "max", backward(coarse, x).weight


def _last_window(taken: Tensor) -> Tensor:
    """Assigning where it should be added: of two windows over one y, the later one wins."""
    kept = taken.clone()
    kept[:, 0][taken[:, 1] != 0] = 0
    return kept


def climbed(f: Filter, back: Backward, lr: float) -> Filter:
    """The update with the wrong sign."""
    return Filter(f.weight + lr * back.weight, f.bias + lr * back.bias)
