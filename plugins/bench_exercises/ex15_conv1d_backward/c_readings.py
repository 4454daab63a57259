"""15c: what Z of shape 2 × 1 can mean, and the derivatives of each reading letter by letter."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from bench import Lab
from bench.kit.compare import largest, max_error

from .by_hand import backward_at
from .figures import network_figure
from .problem import DILATED, READINGS, SAME, STRIDED, TWO_CHANNELS, TWO_NODES, Configuration, Slide
from .reference import by_autograd

EXACT = 1e-12
Scalars = Iterable[Tensor]
Formula = Callable[[Scalars, Scalars, Scalars], tuple[list[Tensor], list[Tensor]]]
"""dx and dw from x, w and d, entry by entry as the answer prints them: 1-based there, x1 and so on here."""


def study(lab: Lab) -> None:
    for name, (c, formula) in FORMULAS.items():
        lab.claim(name, formula_error(lab, c, formula), at_most=EXACT)
    strided_is_transposed(lab)
    channels_are_linear(lab)
    every_layer_with_two_nodes(lab)
    lab.table("The readings of Z of shape 2 × 1", [reading_row(c) for c in READINGS])
    lab.figure(
        "The readings",
        network_figure((TWO_NODES[0], SAME, STRIDED[0], DILATED, TWO_CHANNELS[0])),
        "Lines of one colour and one style share a weight; grey circles are zeros of the padding.",
    )


def valid_4_3(x: Scalars, w: Scalars, d: Scalars) -> tuple[list[Tensor], list[Tensor]]:
    (x1, x2, x3, x4), (w1, w2, w3), (d1, d2) = x, w, d
    return (
        [w1 * d1, w2 * d1 + w1 * d2, w3 * d1 + w2 * d2, w3 * d2],
        [d1 * x1 + d2 * x2, d1 * x2 + d2 * x3, d1 * x3 + d2 * x4],
    )


def valid_3_2(x: Scalars, w: Scalars, d: Scalars) -> tuple[list[Tensor], list[Tensor]]:
    (x1, x2, x3), (w1, w2), (d1, d2) = x, w, d
    return [w1 * d1, w2 * d1 + w1 * d2, w2 * d2], [d1 * x1 + d2 * x2, d1 * x2 + d2 * x3]


def same_2_3(x: Scalars, w: Scalars, d: Scalars) -> tuple[list[Tensor], list[Tensor]]:
    (x1, x2), (w1, w2, w3), (d1, d2) = x, w, d
    return [w2 * d1 + w1 * d2, w3 * d1 + w2 * d2], [d2 * x1, d1 * x1 + d2 * x2, d1 * x2]


def strided_5_3(x: Scalars, w: Scalars, d: Scalars) -> tuple[list[Tensor], list[Tensor]]:
    (x1, x2, x3, x4, x5), (w1, w2, w3), (d1, d2) = x, w, d
    return (
        [w1 * d1, w2 * d1, w3 * d1 + w1 * d2, w2 * d2, w3 * d2],
        [d1 * x1 + d2 * x3, d1 * x2 + d2 * x4, d1 * x3 + d2 * x5],
    )


def strided_4_2(x: Scalars, w: Scalars, d: Scalars) -> tuple[list[Tensor], list[Tensor]]:
    (x1, x2, x3, x4), (w1, w2), (d1, d2) = x, w, d
    return [w1 * d1, w2 * d1, w1 * d2, w2 * d2], [d1 * x1 + d2 * x3, d1 * x2 + d2 * x4]


def dilated_4_2(x: Scalars, w: Scalars, d: Scalars) -> tuple[list[Tensor], list[Tensor]]:
    (x1, x2, x3, x4), (w1, w2), (d1, d2) = x, w, d
    return [w1 * d1, w1 * d2, w2 * d1, w2 * d2], [d1 * x1 + d2 * x2, d1 * x3 + d2 * x4]


FORMULAS: dict[str, tuple[Configuration, Formula]] = {
    "two nodes, n=4, m=3: the written-out formulas hold": (TWO_NODES[0], valid_4_3),
    "two nodes, n=3, m=2: the written-out formulas hold": (TWO_NODES[1], valid_3_2),
    "two nodes, same, n=2, m=3, p=1: the written-out formulas hold": (SAME, same_2_3),
    "two nodes, n=5, m=3, s=2: only x₃ collects from both": (STRIDED[0], strided_5_3),
    "two nodes, s = m: dx is one copy of w per output": (STRIDED[1], strided_4_2),
    "two nodes, dilated, n=4, m=2, r=2: the written-out formulas hold": (DILATED, dilated_4_2),
}


def formula_error(lab: Lab, c: Configuration, formula: Formula) -> float:
    """The formula, and db = d₁ + d₂, against autograd and against the sums of 15a."""
    sums, v = backward_at(lab, c)
    dx, dw = (torch.stack(entries) for entries in formula(list(v.x[0]), list(v.w[0, 0]), list(v.d[0])))
    written = (dx[None], dw[None, None], v.d.sum(1))
    return largest(max_error(written, sums), max_error(written, by_autograd(v)))


def strided_is_transposed(lab: Lab) -> None:
    """PyTorch's transposed convolution, which is given the stride and finds the zeros by itself."""
    layers = [backward_at(lab, c) for c in STRIDED]
    error = largest(max_error(dx, F.conv_transpose1d(v.d[None], v.w, stride=v.slide.s)[0]) for (dx, _, _), v in layers)
    lab.claim("two nodes, strided: dx = transposed convolution of d", error, at_most=EXACT)


def channels_are_linear(lab: Lab) -> None:
    """A kernel as long as its input leaves one place, and the layer is a matrix W of shape (2, C·n)."""
    error = 0.0
    for c in TWO_CHANNELS:
        gradients, v = backward_at(lab, c)
        matrix, signal, delta = v.w.flatten(1), v.x.flatten(), v.d[:, 0]
        linear = ((matrix.T @ delta).view_as(v.x), torch.outer(delta, signal).view_as(v.w), delta)
        error = largest(error, max_error(gradients, linear))
    lab.claim("two channels of length 1: a fully connected layer, dx = Wᵀd, dW = d xᵀ", error, at_most=EXACT)


def every_layer_with_two_nodes(lab: Lab) -> None:
    """All sizes up to a bound: whichever layer the sheet means, its derivatives are those of 15a."""
    layers = [backward_at(lab, c) for c in layers_with_two_nodes()]
    lab.metric("layers with two nodes above", len(layers))
    worst = largest(max_error(sums, by_autograd(values)) for sums, values in layers)
    lab.claim("every layer with two nodes above, up to n = 5: sums = autograd", worst, at_most=EXACT)


def layers_with_two_nodes() -> list[Configuration]:
    """One channel, n ≤ 5, m ≤ 4, s ≤ 3, p ≤ 2, r ≤ 2. Of one weight the dilation says nothing, so r is 1 there."""
    slides = [Slide(*spr) for spr in product(range(1, 4), range(3), range(1, 3))]
    sizes = [(n, m, slide) for n, m, slide in product(range(1, 6), range(1, 5), slides) if m > 1 or slide.r == 1]
    drawn = [Configuration(reading="two nodes", n=n, m=m, s=slide.s, p=slide.p, r=slide.r) for n, m, slide in sizes]
    return [c for c in drawn if c.slide.span(c.m) <= c.n + 2 * c.p and c.q == 2]


KINDS = {
    "two nodes": ("valid, stride 1, m = n − 1", "full convolution of d with w", "valid correlation of x with d"),
    "two nodes, same": (
        "same: p zeros at each end, m = 2p + 1",
        "full convolution, p ends cut off",
        "of the padded x with d",
    ),
    "two nodes, strided": (
        "valid, stride 2",
        "transposed: zeros into d, then full",
        "correlation of x with the stuffed d",
    ),
    "two nodes, dilated": ("valid, dilation 2", "full convolution of d with the stuffed w", "every second of x ⋆ d"),
    "two channels": ("kernel covers the input: fully connected", "Wᵀ d", "outer product d xᵀ"),
}


def reading_row(c: Configuration) -> dict[str, Any]:
    kind, dx, dw = KINDS[c.reading]
    db = "d" if c.O == 2 else "d₁\u00a0+\u00a0d₂"
    return {"reading": c.reading, "layer": c.label, "the convolution": kind, "dx": dx, "dw": dw, "db": db}
