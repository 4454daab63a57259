"""15c: what Z of shape 2 × 1 can mean, and the derivatives of each reading letter by letter."""

from typing import Any

import torch
import torch.nn.functional as F

from bench import Lab
from bench.kit.compare import largest, max_error

from .by_hand import backward_at
from .figures import network_figure
from .problem import STRIDED, TWO_CHANNELS, TWO_NODES, Configuration


def study(lab: Lab) -> None:
    valid_closed_forms(lab)
    strided_is_transposed(lab)
    channels_are_linear(lab)
    lab.table("The three readings of Z of shape 2 × 1", [reading_row(c) for c in TWO_NODES + STRIDED + TWO_CHANNELS])
    readings = (TWO_NODES[0], STRIDED[0], TWO_CHANNELS[0])
    lab.figure("Three readings", network_figure(readings), "Lines of one colour and one style share a weight.")


def valid_closed_forms(lab: Lab) -> None:
    """Reading 1, the formulas of the answer letter by letter (1-based there, 0-based here)."""
    (dx, dw, db), v = backward_at(lab, TWO_NODES[0])
    (x1, x2, x3, x4), (w1, w2, w3), (d1, d2) = v.x[0], v.w[0, 0], v.d[0]
    expected_dx = torch.stack([w1 * d1, w2 * d1 + w1 * d2, w3 * d1 + w2 * d2, w3 * d2])
    expected_dw = torch.stack([d1 * x1 + d2 * x2, d1 * x2 + d2 * x3, d1 * x3 + d2 * x4])
    error = max_error((dx[0], dw[0, 0], db), (expected_dx, expected_dw, (d1 + d2)[None]))
    lab.claim("two nodes, n=4, m=3: the written-out formulas hold", error, at_most=1e-12)
    (dx, dw, db), v = backward_at(lab, TWO_NODES[1])
    (x1, x2, x3), (w1, w2), (d1, d2) = v.x[0], v.w[0, 0], v.d[0]
    expected_dx, expected_dw = (
        torch.stack([w1 * d1, w2 * d1 + w1 * d2, w2 * d2]),
        torch.stack([d1 * x1 + d2 * x2, d1 * x2 + d2 * x3]),
    )
    error = max_error((dx[0], dw[0, 0], db), (expected_dx, expected_dw, (d1 + d2)[None]))
    lab.claim("two nodes, n=3, m=2: the written-out formulas hold", error, at_most=1e-12)


def strided_is_transposed(lab: Lab) -> None:
    """Reading 2: dx is PyTorch's transposed convolution; at s = m the windows do not even meet."""
    error = 0.0
    for c in STRIDED:
        (dx, _, _), v = backward_at(lab, c)
        error = largest(error, float((dx - F.conv_transpose1d(v.d[None], v.w, stride=c.s)[0]).abs().max()))
    lab.claim("two nodes, strided: dx = transposed convolution of d", error, at_most=1e-12)
    (dx, _, _), v = backward_at(lab, STRIDED[1])
    lab.claim(
        "two nodes, s = m: dx is one copy of w per output",
        (dx[0] - torch.outer(v.d[0], v.w[0, 0]).flatten()).abs().max(),
        at_most=1e-12,
    )
    (dx, _, _), v = backward_at(lab, STRIDED[0])
    (w1, w2, w3), (d1, d2) = v.w[0, 0], v.d[0]
    shared = torch.stack([w1 * d1, w2 * d1, w3 * d1 + w1 * d2, w2 * d2, w3 * d2])
    lab.claim("two nodes, n=5, m=3, s=2: only x₃ collects from both", (dx[0] - shared).abs().max(), at_most=1e-12)


def channels_are_linear(lab: Lab) -> None:
    """Reading 3: a kernel as long as its input leaves one place, and the layer is a matrix W of shape (2, C·n)."""
    error = 0.0
    for c in TWO_CHANNELS:
        (dx, dw, db), v = backward_at(lab, c)
        matrix, signal, delta = v.w.flatten(1), v.x.flatten(), v.d[:, 0]
        linear = ((matrix.T @ delta).view_as(v.x), torch.outer(delta, signal).view_as(v.w), delta)
        error = largest(error, max_error((dx, dw, db), linear))
    lab.claim("two channels of length 1: a fully connected layer, dx = Wᵀd, dW = d xᵀ", error, at_most=1e-12)


def reading_row(c: Configuration) -> dict[str, Any]:
    kinds = {
        "two nodes": ("valid, stride 1, m = n − 1", "full convolution of d with w", "valid correlation of x with d"),
        "two nodes, strided": (
            "valid, stride 2",
            "transposed: zeros into d, then full",
            "correlation of x with the stuffed d",
        ),
        "two channels": ("kernel covers the input: fully connected", "Wᵀ d", "outer product d xᵀ"),
    }
    kind, dx, dw = kinds[c.reading]
    db = "d" if c.O == 2 else "d₁\u00a0+\u00a0d₂"
    return {"reading": c.reading, "layer": c.label, "the convolution": kind, "dx": dx, "dw": dw, "db": db}
